import AdminClient
import ArgumentParser
import Foundation
import Wire

/// `portillon events`: what the gateway records, as it happens.
struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Follow the events that the gateway records.",
        discussion: """
            portillon events --follow
            portillon events --follow --operation ete-2026
            portillon events --follow --after 4711 --json

            One line for each event: its record's number, its time, its name, and its figures. \
            With --json each line is an object. A gateway that restarts is waited for, and no \
            event is left out. Ctrl-C ends it.
            """)

    @Flag(help: "Go on with the events to come.") var follow = false
    @Option(
        parsing: .unconditional, help: .init("Of this operation alone.", valueName: "operation"))
    var operation: String?
    @Option(
        parsing: .unconditional,
        help: .init("Begin behind this record; 0 is the beginning.", valueName: "record"))
    var after: UInt64?
    @Flag(help: "Show the status too, once a second; needs --json.") var status = false
    @OptionGroup var options: AdminOptions

    func validate() throws {
        guard follow else { throw ValidationError("give --follow") }
        if status, !options.json { throw ValidationError("--status needs --json") }
    }

    func run() throws {
        var reader = EventReader(last: after)
        var hasAnswered = false
        let query = operation.map { [(name: "operation", value: $0)] } ?? []
        while true {
            var isAnswered = false
            do {
                try options.client().stream(
                    ["v1", "events"], query: query, accept: "text/event-stream",
                    fields: reader.fields, silentSeconds: Self.silentSeconds
                ) { bytes in
                    isAnswered = true
                    for event in reader.read(bytes) { try show(event) }
                }
            } catch let failure as CommandFailure {
                // The first answer must come; after it a gateway that is away is waited for.
                let isCut = isAnswered && failure.status == ExitStatus.refused.rawValue
                let isAway = failure.status == ExitStatus.unreachable.rawValue
                guard hasAnswered || isAnswered, isCut || isAway else { throw failure }
            }
            hasAnswered = hasAnswered || isAnswered
            reader.startAnew()
            Thread.sleep(forTimeInterval: 1)
        }
    }

    /// The gateway sends something once a second.
    private static var silentSeconds: Double { 30 }

    private func show(_ event: EventReader.Event) throws {
        if event.name == "status" {
            guard status else { return }
            return try Output.standard.write(
                json: JSONValue.object(["event": .string(event.name), "data": event.data]),
                isOneLine: true)
        }
        if options.json {
            return try Output.standard.write(
                json: JSONValue.object([
                    "event": .string(event.name), "id": event.id.map(JSONValue.string) ?? .null,
                    "data": event.data,
                ]), isOneLine: true)
        }
        let figures = event.data.members.sorted { $0.key < $1.key }
            .filter { !["record", "at", "type"].contains($0.key) }
            .map { "\($0.key)=\($0.value.text)" }
        let line = [event.id ?? "-", event.data["at"]?.text ?? "", event.name] + figures
        try Output.standard.write(printable(line.joined(separator: "  ")) + "\n")
    }
}

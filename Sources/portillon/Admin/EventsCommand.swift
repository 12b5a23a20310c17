import ArgumentParser
import Foundation
import Wire

/// `portillon events`: what the gateway records, as it happens.
struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Show the events that the gateway records.",
        discussion: """
            portillon events
            portillon events --follow --operation ete-2026
            portillon events --follow --after 4711 --json

            One line for each event: its time, its record, its name, its type, its figures. With \
            --json each line is an object. Without --follow it shows the events on record, from \
            the oldest that is not archived, and ends. With it, it shows those to come: when the \
            gateway is away, the command waits for it, and goes on behind the last event that it \
            has shown. Ctrl-C ends it, with status 0.
            """)

    @Flag(help: "Show the events to come, as they are recorded.")
    var follow = false
    @Option(
        parsing: .unconditional,
        help: .init("Show events of this operation only.", valueName: "operation"))
    var operation: String?
    @Option(
        parsing: .unconditional,
        help: .init(
            "Begin after this record; 0 is the beginning. Default with --follow: the last one.",
            valueName: "record"))
    var after: UInt64?
    @Flag(help: "Show the status too, once a second; needs --follow and --json.")
    var status = false
    @OptionGroup var options: AdminOptions

    func validate() throws {
        if status, !follow || !options.json {
            throw ValidationError("--status needs --follow and --json")
        }
    }

    /// Seconds without a byte after which the gateway counts as away: it sends some every second.
    private static var silentSeconds: Double { 15 }

    func run() throws {
        let client = try options.client()
        let query = operation.map { [(name: "operation", value: $0)] } ?? []
        if follow {
            try followEvents(client, query)
        } else {
            try showRecorded(client, query)
        }
    }

    /// Shows what is on record.
    private func showRecorded(
        _ client: GatewayClient, _ query: [(name: String, value: String)]
    ) throws {
        var reader = EventReader(last: after)
        var isWhole = false
        try client.stream(
            ["v1", "events"], query: query + [(name: "follow", value: "false")],
            accept: "text/event-stream", fields: reader.fields
        ) { bytes in
            for event in try reader.read(bytes) {
                if event.name == "end" { isWhole = true } else { try show(event) }
            }
        }
        guard isWhole else {
            throw CommandFailure(
                .inputOutput,
                "the gateway ended the stream before the last event on record; run the command "
                    + "again")
        }
    }

    /// Runs until a signal ends the process.
    private func followEvents(
        _ client: GatewayClient, _ query: [(name: String, value: String)]
    ) throws {
        let signals = EndingSignals.exitOnAny()
        defer { signals.forEach { $0.cancel() } }
        var reader = EventReader(last: after)
        var hasAnswered = false
        var isAway = false
        while true {
            reader.startAnew()
            let failure = try client.follow(
                ["v1", "events"], query: query, fields: reader.fields,
                silentSeconds: Self.silentSeconds
            ) { bytes in
                if isAway { try Output.error.write("portillon: the gateway answers again\n") }
                isAway = false
                hasAnswered = true
                for event in try reader.read(bytes) { try show(event) }
            }
            // The first answer must come; after it a gateway that is away is waited for.
            guard hasAnswered else { throw failure }
            if !isAway {
                let place = reader.last.map { " after record \($0)" } ?? ""
                try Output.error.write(
                    failure.text + "portillon: waiting for the gateway, to go on\(place)\n")
            }
            isAway = true
            Thread.sleep(forTimeInterval: 1)
        }
    }

    private func show(_ event: EventReader.Event) throws {
        if event.name == "status", !status { return }
        guard options.json else {
            let line = Self.line(of: event, forTerminal: Output.standard.isTerminal)
            return try Output.standard.write(line + "\n")
        }
        try Output.standard.write(
            json: JSONValue.object([
                "event": .string(event.name), "id": event.id.map(JSONValue.string) ?? .null,
                "data": event.data,
            ]), isOneLine: true)
    }

    /// An event on one line: time, record, name, type, figures; in a pipe between tabs, as tables.
    static func line(of event: EventReader.Event, forTerminal isTerminal: Bool) -> String {
        let figures = (event.data["data"]?.members ?? [:]).sorted { $0.key < $1.key }
            .filter { $0.key != "record" }
            .map { "\($0.key)=\($0.value.text)" }
        let record = event.id ?? "-"
        let name = event.name.padding(toLength: 10, withPad: " ", startingAt: 0)
        let head = [
            event.data["timestamp"]?.text ?? "", isTerminal ? "#" + record : record,
            isTerminal ? name : event.name, event.data["type"]?.text ?? "",
        ]
        return (head + figures).map(printable).joined(separator: isTerminal ? "  " : "\t")
    }
}

import ArgumentParser
import Wire

/// `portillon status`: the gateway's state now.
struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the state of a running gateway.",
        discussion: """
            portillon status
            portillon status --watch
            portillon status --state open --state smoothed --sort entries --limit 20
            portillon status --admin http://10.0.0.5:8081 --json
            portillon status --json --watch 10 >> status.ndjson

            A terminal gets aligned columns, a pipe or a file lines for programs: a name and a \
            value, then an empty line and the table of operations, with its titles first. Fields \
            are separated by a tab, numbers have no thousands separators, and - stands for nothing.

            With --watch a terminal is drawn anew each time; a pipe gets a block for each time, \
            followed by an empty line; --json gives one line for each time. Ctrl-C ends it with \
            exit status 0. Once the gateway has answered, it waits for one that restarts.
            """)

    @Option(
        defaultAsFlag: 2.0, parsing: .next,
        help: .init("Show it again and again, every 2 seconds or as given.", valueName: "seconds"))
    var watch: Double?

    @OptionGroup var selection: OperationSelection
    @OptionGroup var options: AdminOptions

    func validate() throws {
        if let watch, !(0.1...86_400).contains(watch) {
            throw ValidationError("--watch must be from 0.1 to 86400 seconds")
        }
    }

    func run() throws {
        guard let watch else {
            if options.json, selection.isWhole {
                return try options.showJSON(WholeStatus(try options.client()))
            }
            return try options.show(selection.apply(toAnswer: fetch()), as: text)
        }
        try StatusWatch(seconds: watch, isJSON: options.json, text: text) {
            () throws(CommandFailure) -> JSONValue in
            try selection.apply(toAnswer: fetch())
        }.run()
    }

    /// Finds the token each time: a gateway that was set up anew has another one.
    private func fetch() throws(CommandFailure) -> JSONValue {
        var status = try WholeStatus(try options.client())
        return try status.document(keeping: options.json ? nil : OperationText.tableMembers)
    }

    private func text(_ status: JSONValue) -> String {
        let isSelected = !selection.client.isEmpty || !selection.state.isEmpty
        return StatusText.of(status, ifEmpty: isSelected ? OperationSelection.noMatch : nil)
    }
}

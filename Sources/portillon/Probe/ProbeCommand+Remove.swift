import ArgumentParser
import Wire

extension ProbeCommand {
    /// `portillon probe remove`: its silence is no fault any more.
    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove",
            abstract: "Remove a probe that measures no more: its silence is no fault.",
            discussion: """
                portillon probe remove paris-1

                What it reported stays. Where it reports again, it is a probe again.
                """)

        @Argument(help: "The name under which it reported.") var probe: String
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client().call("DELETE", ["v1", "probes", probe])
            try options.show(answer) { listing($0.rows(["probe", "reported_at"])) }
        }
    }
}

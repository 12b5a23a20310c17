import AdminClient
import ArgumentParser

/// `portillon cluster`: what several nodes share their log by.
struct ClusterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cluster",
        abstract: "Look after several nodes that share one log, and the etcd that holds it.",
        discussion: """
            portillon cluster check http://10.0.0.1:2379,http://10.0.0.2:2379,http://10.0.0.3:2379
            portillon cluster status

            Several nodes share one log in etcd: portillon serve --cluster. These commands check \
            whether an etcd can hold it, bring a single gateway's keys there, and ask running \
            nodes.
            """,
        subcommands: [
            Check.self, ImportKeysCommand.self, Status.self, StepDown.self, Forget.self,
        ])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Say what is wrong with an etcd, and whether it syncs what it acknowledges.",
            discussion: """
                portillon cluster check https://a:2379,https://b:2379,https://c:2379 \
                --ca ca.pem --certificate gateway.pem --key gateway.key

                It connects to each member, appends one small batch below portillon-check/, \
                compares each member's count of syncs before and after, and deletes what it wrote.

                Exits with 0 if nothing is wrong; 1 if the etcd works, and something should be \
                changed; 2 if it must not hold a log as it is, or does not answer.
                """)

        @Argument(
            help: .init(
                "The clients' URL of each member, with commas between them.", valueName: "urls"))
        var urls: String

        @OptionGroup var files: EtcdFiles

        @Option(
            parsing: .unconditional,
            help: .init("Seconds that each answer may take, 1 to 60.", valueName: "n"))
        var seconds = 5

        @Flag(help: "Print the result as JSON.") var json = false

        func run() throws {
            guard (1...60).contains(seconds) else {
                throw CommandFailure(.usage, "--seconds must be from 1 to 60")
            }
            let bases = try Self.bases(urls)
            let trust = try files.trust()
            let etcdTrust = try files.etcdTrust(for: bases)
            var check = try ClusterCheck(bases, etcdTrust, trust, seconds: Double(seconds))
            let report = ClusterReport(check.run())
            if json {
                try Output.standard.write(json: report.json)
            } else {
                try Output.standard.write(report.text)
            }
            if report.status != 0 { throw ExitCode(report.status) }
        }

        /// - Throws: ``CommandFailure`` 64 that names the URL and what is wrong with it.
        static func bases(_ text: String) throws(CommandFailure) -> [BaseURL] {
            var bases: [BaseURL] = []
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                let base: BaseURL
                do throws(BaseURLError) {
                    base = try BaseURL(String(part))
                } catch {
                    throw failure(part, error.reason)
                }
                guard base.pathPrefix.isEmpty else {
                    throw failure(part, "has a path; etcd's has none")
                }
                guard !bases.contains(base) else { throw failure(part, "is named twice") }
                bases.append(base)
            }
            guard bases.count <= maximumMembers else {
                throw CommandFailure(.usage, "name \(maximumMembers) members at most")
            }
            return bases
        }

        private static func failure(_ url: Substring, _ reason: String) -> CommandFailure {
            CommandFailure(
                .usage,
                "each member must be a URL such as http://10.0.0.1:2379: "
                    + "\"\(printable(String(url)))\" \(printable(reason))")
        }

        /// More than etcd itself advises (7).
        private static var maximumMembers: Int { 16 }
    }
}

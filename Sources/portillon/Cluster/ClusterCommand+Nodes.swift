import ArgumentParser
import Wire

/// Commands to a running node, by its admin listener.
extension ClusterCommand {
    /// `portillon cluster status`.
    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status",
            abstract: "Show the nodes of a cluster, who leads, and how its etcd is.",
            discussion: """
                portillon cluster status
                portillon cluster status --admin http://10.0.0.2:8081 --json

                Any node can be asked that answers requests of operators. It asks each member of \
                etcd. Whether the members sync is what the leader found last: it looks once a \
                minute.
                """)

        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client().call("GET", ["v1", "cluster"])
            try options.show(answer, as: ClusterText.of)
        }
    }

    /// `portillon cluster step-down`.
    struct StepDown: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "step-down",
            abstract: "Have another node lead in place of the one that does.",
            discussion: """
                portillon cluster step-down --confirm a
                portillon cluster step-down --confirm a --to b

                The node that leads stores what it has, and another one takes over: the one that \
                is named, or the furthest. Then its process ends with status 74, and its \
                supervisor starts it again, as a follower. Where no node can take over, it goes \
                on, and nothing has changed.
                """)

        @Option(
            parsing: .unconditional,
            help: .init("The name of the node that leads, to confirm.", valueName: "node"))
        var confirm: String
        @Option(
            parsing: .unconditional,
            help: .init("The node that is to lead. Default: the furthest.", valueName: "node"))
        var to: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            var body: [String: JSONValue] = ["confirm": .string(confirm)]
            if let to { body["to"] = .string(to) }
            let answer = try options.client().call(
                "POST", ["v1", "cluster", "step-down"], body)
            try options.show(answer) { answer in
                listing([
                    ("from", answer["from"]?.text ?? ""), ("to", answer["to"]?.text ?? ""),
                    ("term", answer["term"]?.text ?? ""),
                ])
            }
        }
    }

    /// `portillon cluster forget`.
    struct Forget: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "forget",
            abstract: "Have a node that will not come back count no more.",
            discussion: """
                portillon cluster forget c --confirm c

                The log in etcd is kept until a majority of all known nodes has it; one that is \
                gone for good must not count. Refused for a node that was heard in the last 10 s. \
                A forgotten node that comes back counts again.
                """)

        @Argument(help: "The node.") var node: String
        @Option(
            parsing: .unconditional,
            help: .init("The node's name again, to confirm.", valueName: "node"))
        var confirm: String
        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client().call(
                "DELETE", ["v1", "cluster", "nodes", node], ["confirm": .string(confirm)])
            try options.requireChange(answer) { _ in "no node \(node) is known" }
            try options.show(answer) { listing([("forgotten", $0["node"]?.text ?? "")]) }
        }
    }
}

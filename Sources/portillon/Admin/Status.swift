import ArgumentParser

/// `portillon status`: one picture of now.
struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show how a running gateway is.",
        discussion: """
            portillon status
            portillon status --admin http://10.0.0.5:8081 --json
            """)

    @OptionGroup var options: AdminOptions

    func run() throws {
        let answer = try options.client().call("GET", ["v1", "status"])
        try options.show(answer, as: StatusText.of)
    }
}

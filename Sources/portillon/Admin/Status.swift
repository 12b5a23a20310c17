import ArgumentParser

/// `portillon status`: the gateway's state now.
struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the state of a running gateway.",
        discussion: """
            portillon status
            portillon status --admin http://10.0.0.5:8081 --json
            """)

    @OptionGroup var options: AdminOptions

    func run() throws {
        try options.show(WholeStatus(try options.client()))
    }
}

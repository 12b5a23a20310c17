import AdminClient
import ArgumentParser
import Foundation
import Sockets
import Wire

/// The flags of every command that talks to a running gateway.
struct AdminOptions: ParsableArguments {
    @Option(
        help: .init(
            "The admin listener; else PORTILLON_ADMIN, PORTILLON_ADMIN_LISTEN, "
                + "\(GatewayClient.defaultAddress).",
            valueName: "url"))
    var admin: String?

    @Option(
        help: .init(
            "The admin token; else --data's, else PORTILLON_TOKEN, which other users do not see.",
            valueName: "token"))
    var token: String?

    @Option(
        help: .init(
            "The gateway's data folder, to find its token in; else PORTILLON_DATA, else "
                + "portillon-data.",
            valueName: "dir"),
        completion: .directory)
    var data: String?

    @Option(
        help: .init(
            "Whose certificates are taken from an https listener; else PORTILLON_ADMIN_CA, else "
                + "the system's authorities.",
            valueName: "file"),
        completion: .file())
    var ca: String?

    @Option(
        help: .init(
            "What to show a listener that asks for it; else PORTILLON_ADMIN_CERTIFICATE.",
            valueName: "file"),
        completion: .file())
    var certificate: String?

    @Option(
        help: .init("The key that goes with it; else PORTILLON_ADMIN_KEY.", valueName: "file"),
        completion: .file())
    var key: String?

    @Flag(help: "Print the answer as JSON.")
    var json = false

    func client() throws(CommandFailure) -> GatewayClient {
        let environment = ProcessInfo.processInfo.environment
        return try GatewayClient(
            Self.address(flag: admin, environment: environment),
            token: AdminToken.find(flag: token, data: data, environment: environment),
            trust: trust(environment: environment))
    }

    private func trust(environment: [String: String]) throws(CommandFailure) -> HTTPClient.Trust {
        let authorities = ca ?? environment.given(EnvironmentNames.authorities)
        let certificate = certificate ?? environment.given(EnvironmentNames.certificate)
        let key = key ?? environment.given(EnvironmentNames.key)
        switch (certificate, key) {
        case (nil, nil): return HTTPClient.Trust(authorities: authorities)
        case (let certificate?, let key?):
            return HTTPClient.Trust(
                authorities: authorities,
                own: TLSFiles.Pair(certificate: certificate, key: key))
        default:
            throw CommandFailure(.configuration, "--certificate and --key go together")
        }
    }

    /// `--admin`, then `PORTILLON_ADMIN`, then where a gateway started here would listen.
    static func address(flag: String?, environment: [String: String]) -> String {
        if let given = flag ?? environment.given(EnvironmentNames.admin) { return given }
        if let listen = environment.given("PORTILLON_ADMIN_LISTEN") {
            return Demo.reachable(listen)
        }
        return GatewayClient.defaultAddress
    }

    /// Prints an answer: as it came with `--json`, else as `text` puts it.
    func show(_ answer: JSONValue, as text: (JSONValue) -> String) throws {
        if json {
            try Output.standard.write(json: answer)
        } else {
            try Output.standard.write(text(answer))
        }
    }
}

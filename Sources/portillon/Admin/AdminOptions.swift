import AdminClient
import ArgumentParser
import Foundation
import Sockets
import Wire

/// The options of every command that talks to a running gateway.
struct AdminOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: .init(
            "The admin listener's URL. Default: PORTILLON_ADMIN, then PORTILLON_ADMIN_LISTEN, "
                + "then \(GatewayClient.defaultAddress).",
            valueName: "url"))
    var admin: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "The token. Default: the one in --data, then PORTILLON_TOKEN, which other users of "
                + "this machine cannot see.",
            valueName: "token"))
    var token: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "The gateway's data folder, which holds its admin token. Default: PORTILLON_DATA, "
                + "then portillon-data.",
            valueName: "dir"),
        completion: .directory)
    var data: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "The certificate authorities (PEM) to trust for https. Default: PORTILLON_ADMIN_CA, "
                + "then the system's.",
            valueName: "file"),
        completion: .file())
    var ca: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "The client certificate (PEM) for a listener that requires one. Default: "
                + "PORTILLON_ADMIN_CERTIFICATE.",
            valueName: "file"),
        completion: .file())
    var certificate: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "The private key of --certificate. Default: PORTILLON_ADMIN_KEY.", valueName: "file"),
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
            throw CommandFailure(.configuration, "--certificate and --key must be given together")
        }
    }

    /// The address in `--admin`, then `PORTILLON_ADMIN`, then where a gateway started here listens.
    static func address(flag: String?, environment: [String: String]) -> String {
        if let given = flag ?? environment.given(EnvironmentNames.admin) {
            return Demo.reachable(given)
        }
        if let listen = environment.given("PORTILLON_ADMIN_LISTEN") {
            return Demo.reachable(listen)
        }
        return GatewayClient.defaultAddress
    }

    /// Prints an answer: unchanged with `--json`, else formatted by `text`.
    func show(_ answer: JSONValue, as text: (JSONValue) -> String) throws {
        if json {
            try Output.standard.write(json: answer)
        } else {
            try Output.standard.write(text(answer))
        }
    }
}

import Files
import Foundation

/// The token that opens the admin listener, and where it is found.
enum AdminToken {
    /// The file in which a gateway keeps its own.
    static func path(in data: String) -> String { data + "/admin.token" }

    /// `--token`, then `PORTILLON_TOKEN`, then the data folder's file.
    /// - Throws: ``CommandFailure`` 78 if there is none.
    static func find(
        flag: String?, data: String?, environment: [String: String]
    ) throws(CommandFailure) -> String {
        if let flag { return try usable(flag, from: "--token") }
        // A folder named on the command line wins over whatever the environment holds.
        if let data { return try read(path(in: data)) }
        if let token = environment.given(EnvironmentNames.token) {
            return try usable(token, from: EnvironmentNames.token)
        }
        return try read(path(in: environment.given("PORTILLON_DATA") ?? "portillon-data"))
    }

    /// A token without the white space that a shell or a secret store leaves around it.
    private static func usable(
        _ text: String, from source: String
    ) throws(CommandFailure) -> String {
        var token = text[...]
        if token.hasPrefix("\u{FEFF}") { token.removeFirst() }
        let trimmed = token.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !trimmed.isEmpty, trimmed.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw CommandFailure(.configuration, "\(source) must be one word in ASCII")
        }
        return trimmed
    }

    static func read(_ path: String) throws(CommandFailure) -> String {
        let token: String
        do throws(SecretError) {
            token = try SecretReader.text(path, for: .process)
        } catch {
            throw CommandFailure(
                .configuration,
                "no admin token: \(error); name the gateway's data folder with --data, or pass a "
                    + "token with --token or PORTILLON_TOKEN")
        }
        return try usable(token, from: path)
    }
}

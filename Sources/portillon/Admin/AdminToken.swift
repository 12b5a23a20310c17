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
        if let flag { return flag }
        // A folder named on the command line wins over whatever the environment holds.
        if let data { return try read(path(in: data)) }
        if let token = environment.given(EnvironmentNames.token) { return token }
        return try read(path(in: environment.given("PORTILLON_DATA") ?? "portillon-data"))
    }

    static func read(_ path: String) throws(CommandFailure) -> String {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw CommandFailure(
                .configuration,
                "no admin token: cannot read \(path) (\(reason(for: error))); name the gateway's "
                    + "data folder with --data, or pass a token with --token or PORTILLON_TOKEN")
        }
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty else {
            throw CommandFailure(
                .configuration,
                "no admin token: \(path) is empty; copy it again from the gateway's folder")
        }
        return token
    }
}

import Foundation

/// Where the token comes from that opens the admin listener.
enum AdminToken {
    /// Where a gateway leaves its own.
    static func path(in data: String) -> String { data + "/admin.token" }

    /// `--token`, then `PORTILLON_TOKEN`, then the data folder's file.
    /// - Throws: ``CommandFailure`` 78 where there is none.
    static func find(
        flag: String?, data: String?, environment: [String: String]
    ) throws(CommandFailure) -> String {
        if let flag { return flag }
        // A folder that was named is meant: it goes before what the environment happens to hold.
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
                "no admin token: \(path) cannot be read (\(reason(for: error))); "
                    + "give --data with the gateway's folder, --token or PORTILLON_TOKEN")
        }
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty else {
            throw CommandFailure(.configuration, "no admin token: \(path) is empty")
        }
        return token
    }
}

import Wire

/// What can be done to a key and to a token alike.
extension AdminOptions {
    /// - Parameters:
    ///   - kind: `key` or `token`.
    ///   - names: what names it in an answer.
    func suspect(
        _ kind: String, _ id: String, _ note: String?,
        naming names: (JSONValue) -> [(String, String)]
    ) throws {
        let answer = try client().call("POST", ["v1", "\(kind)s", id, "suspect"], note.asBody)
        let since = answer["suspected_at"]?.text ?? ""
        try requireChange(answer) { _ in "\(kind) \(id) is suspected already, since \(since)" }
        try show(answer) { listing(names($0) + [("suspected", since)]) }
    }

    /// - Parameters: as above.
    func revoke(
        _ kind: String, _ id: String, _ revocation: RevocationOptions,
        naming names: (JSONValue) -> [(String, String)]
    ) throws {
        let answer = try client().call("POST", ["v1", "\(kind)s", id, "revoke"], revocation.body)
        try requireChange(answer) { answer in
            "\(kind) \(id) is revoked already, since \(answer["revoked_at"]?.text ?? "")"
                + (answer["reason"]?.string.map { " as \($0)" } ?? "")
        }
        try show(answer) { listing(names($0) + RevocationOptions.text($0)) }
    }
}

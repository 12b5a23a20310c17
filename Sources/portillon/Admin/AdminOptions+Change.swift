import Wire

/// What a command says of a request that changed nothing: everything was as asked already.
extension AdminOptions {
    /// Ends a command that asks for a step (open, resume, revoke) where there was none to take.
    /// - Parameter state: what is so already: `ete-2026 is not suspended`.
    /// - Throws: ``CommandFailure`` 1.
    func requireChange(_ answer: JSONValue, else state: (JSONValue) -> String) throws {
        guard answer["changed"]?.bool == false else { return }
        if json { try Output.standard.write(json: answer) }
        throw CommandFailure(.refused, printable("\(state(answer)); nothing was changed"))
    }

    /// Remarks on standard error that settings were as asked already: that is what was wanted.
    func remarkIfUnchanged(_ answer: JSONValue, _ state: String) throws {
        guard answer["changed"]?.bool == false else { return }
        try Output.error.write("portillon: \(printable(state)); nothing was changed\n")
    }

    /// Prints an answer with a secret in it. Into a pipe goes the secret alone, for the file or
    /// the program that keeps it; what a person should know goes to standard error.
    /// - Throws: ``CommandFailure`` 74 where it cannot be printed, with what exists all the same.
    func show(
        _ answer: JSONValue, secret: ShownSecret, beside pairs: [(String, String)]
    ) throws {
        try secret.handOver(answer) { try showAtOnce(answer, secret.member, beside: pairs) }
        guard !json, TextStyle.current == .programs, answer[secret.member]?.string != nil else {
            return
        }
        let remarks = pairs.map { printable("\($0.0) \($0.1)") }.joined(separator: ", ")
        try Output.error.write(
            "portillon: \(remarks); the \(secret.member) is not shown again\n")
    }

    private func showAtOnce(
        _ answer: JSONValue, _ member: String, beside pairs: [(String, String)]
    ) throws {
        guard !json, TextStyle.current == .programs, let secret = answer[member]?.string else {
            return try show(answer) { answer in
                listing([(member, answer[member]?.text ?? "")] + pairs)
                    + "Save the \(member) now: it is not shown again.\n"
            }
        }
        try Output.standard.write(secret + "\n")
    }

    // MARK: What keys and tokens have alike

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

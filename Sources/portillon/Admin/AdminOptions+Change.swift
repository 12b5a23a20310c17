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
    /// - Parameter member: the secret's name in the answer.
    func show(_ answer: JSONValue, secret member: String, beside pairs: [(String, String)]) throws {
        guard !json, TextStyle.current == .programs, let secret = answer[member]?.string else {
            return try show(answer) { answer in
                listing([(member, answer[member]?.text ?? "")] + pairs)
                    + "Save the \(member) now: it is not shown again.\n"
            }
        }
        try Output.standard.write(secret + "\n")
        let remarks = pairs.map { printable("\($0.0) \($0.1)") }.joined(separator: ", ")
        try Output.error.write("portillon: \(remarks); the \(member) is not shown again\n")
    }
}

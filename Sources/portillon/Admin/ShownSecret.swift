import Wire

/// A secret that an answer shows once, and the command that takes back what it belongs to.
struct ShownSecret {
    /// The secret's name in the answer.
    let member: String
    /// What has it, in messages: `key`.
    let owner: String
    /// The name of its owner's id in the answer.
    let idMember: String
    /// What the command begins with that takes its owner back; the id follows.
    let command: String
    /// What the command ends with.
    var reason = ""

    static let key = ShownSecret(
        member: "key", owner: "key", idMember: "key_id", command: "key revoke",
        reason: " --reason lost")
    static let token = ShownSecret(
        member: "token", owner: "token", idMember: "token_id", command: "token revoke",
        reason: " --reason lost")
    static let permit = ShownSecret(
        member: "permit", owner: "permit", idMember: "permit_id", command: "permit revoke")
    static let webhook = ShownSecret(
        member: "secret", owner: "webhook", idMember: "webhook_id", command: "webhook remove")

    /// Does what hands the secret over; where that fails, says what exists all the same, and how it
    /// is taken back: nobody has the secret, and nobody would know of its owner.
    /// - Throws: what failed.
    func handOver<Result>(_ answer: JSONValue, by write: () throws -> Result) throws -> Result {
        do {
            return try write()
        } catch let failure as CommandFailure {
            throw failure.adding(lost(answer))
        }
    }

    /// `key k-3f7a… was created and its secret is lost: portillon key revoke k-3f7a… …`.
    func lost(_ answer: JSONValue) -> String {
        let id = answer[idMember]?.text ?? ""
        return printable(
            "\(owner) \(id) was created and its secret is lost: "
                + "portillon \(command) \(id)\(reason)")
    }
}

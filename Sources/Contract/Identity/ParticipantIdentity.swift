/// What an operation's `participant` is, and with that which spellings of it are one person (C25).
package enum ParticipantIdentity: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
    /// Bytes that the front end chose: compared as they are.
    case opaque
    /// An e-mail address: see ``EmailAddress``.
    case email
    /// A telephone number: see ``PhoneNumber``.
    case phone
}

package import Bytes

/// The canonical form of an operation's participants: participants with equal forms are one.
///
/// Only the decision goes by the form: what was given is stored as it was given. A journal holds a
/// keyed hash of the form, so a replay never makes the form again, and other rules in a later
/// version change no outcome that is on record. They hold for the entries that come after: a person
/// whose spellings were two before is one from then on.
package enum IdentityForm: Sendable {
    case opaque
    case email
    /// With the plan of the operation's country; `nil` takes international numbers only.
    case phone(PhonePlan?)

    /// - Parameter country: ISO 3166 alpha-2, in capitals.
    package init(_ identity: ParticipantIdentity, country: String?) {
        self =
            switch identity {
            case .opaque: .opaque
            case .email: .email
            case .phone: .phone(country.flatMap { PhonePlan.of(region: $0) })
            }
    }

    /// Writes the canonical form of what was given.
    ///
    /// Writing the form of a form gives the same bytes. Allocates nothing for an e-mail address in
    /// ASCII without internationalised labels, while the form fits into the buffer.
    /// - Parameter form: overwritten.
    /// - Returns: `false` if the bytes cannot be what the operation asks for; then `form` is of no
    ///   use.
    package func canonicalize(_ given: RawSpan, into form: inout ByteBuffer) -> Bool {
        switch self {
        case .opaque:
            form.removeAll()
            form.append(given)
            return true
        case .email: return EmailAddress.canonicalize(given, into: &form)
        case .phone(let plan): return PhoneNumber.canonicalize(given, in: plan, into: &form)
        }
    }
}

/// Why a signed request is not let in as an allowed robot's. It is judged like any other then, and
/// the fault is among its findings, with no weight.
package enum SignatureFault: UInt8, CaseIterable, Error, Sendable, BitwiseCopyable {
    case malformed, unknownKey, notAllowed, outdated, uncovered, authority, agent, body, rate
    case forged

    /// The name among the rules that found something.
    package var rule: String {
        switch self {
        case .malformed: "signature-malformed"
        case .unknownKey: "signature-key-unknown"
        case .notAllowed: "signature-not-allowed"
        case .outdated: "signature-outdated"
        case .uncovered: "signature-uncovered"
        case .authority: "signature-authority"
        case .agent: "signature-agent-other"
        case .body: "signature-body"
        case .rate: "signature-rate"
        case .forged: "signature-forged"
        }
    }

    package var says: String {
        switch self {
        case .malformed: "Its signature cannot be read, or is not one by Ed25519."
        case .unknownKey: "It is signed with a key that is not pinned in the ruleset."
        case .notAllowed: "It names the key of a robot that the operation does not let in."
        case .outdated:
            "Its signature has no created and expires, has expired, or was not made within 300 "
                + "seconds."
        case .uncovered: "Its signature does not cover all that it must."
        case .authority: "It is signed for another host."
        case .agent: "Its Signature-Agent is not the one of the pinned key."
        case .body: "Its Content-Digest has no SHA-256, or that of another body."
        case .rate: "More signatures came for the key than are verified in a second."
        case .forged: "Its signature is not one by the key that it names."
        }
    }
}

/// What a request's head says of whether a robot sent it.
package struct RobotVerdict: Sendable, BitwiseCopyable {
    package enum Outcome: UInt8, CaseIterable, Sendable, BitwiseCopyable {
        /// Nothing, or too little.
        case accept
        /// Suspicious: let it work before it enters.
        case challenge
        /// A robot.
        case refuse

        package var name: String {
            switch self {
            case .accept: "accept"
            case .challenge: "challenge"
            case .refuse: "refuse"
            }
        }
    }

    package let outcome: Outcome
    /// The strongest rule of the signature layer and the sum of consistency's, held at its limit;
    /// in thousandths.
    package let weight: Int32
    /// The signature layer's part of it: what no solved challenge takes off.
    package let signatureWeight: Int32
    package let evidence: RobotEvidence
    /// Of the ruleset that decided.
    package let rulesetVersion: UInt32
    /// The first eight bytes of its digest, as ``Ruleset/digest`` has them first.
    package let rulesetDigest: UInt64
    /// For ``EntryTraits/head``: what all requests of one browser have in common.
    package let headHash: UInt32
}

import Cryptography

@testable import Robots

extension RobotJudgement {
    /// The verdict that it is short for.
    func verdict(of ruleset: Ruleset) -> RobotVerdict {
        switch self {
        case .nothing(let headHash):
            RobotVerdict(
                outcome: .accept, weight: 0, signatureWeight: 0, evidence: RobotEvidence(),
                rulesetVersion: ruleset.version, rulesetDigest: ruleset.digest.leadingWord,
                headHash: headHash)
        case .verdict(let verdict): verdict
        }
    }
}

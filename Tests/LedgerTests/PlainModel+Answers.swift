@testable import Ledger

extension PlainModel.Answer {
    var name: String {
        switch self {
        case .accepted: "accepted"
        case .repeated: "repeated"
        case .refused(let why): why
        }
    }
}

extension EntryOutcome {
    var answer: PlainModel.Answer {
        switch self {
        case .accepted(let entry, let participant): .accepted(entry.rawValue, participant)
        case .repeated(let entry, let participant): .repeated(entry.rawValue, participant)
        case .refused(let lacking):
            .refused(
                [
                    lacking.contains(.ageNotConfirmed) ? "age" : nil,
                    lacking.contains(.consentMissing) ? "consents" : nil,
                    lacking.contains(.secondKeyLimit) ? "second key" : nil,
                    lacking.contains(.challengeFailed) ? "challenge" : nil,
                    lacking.contains(.permitUnknown) ? "permit unknown" : nil,
                    lacking.contains(.permitRevoked) ? "permit revoked" : nil,
                    lacking.contains(.permitOfAnotherOperation) ? "permit of another" : nil,
                    lacking.contains(.permitNotStarted) ? "permit not started" : nil,
                    lacking.contains(.permitExpired) ? "permit expired" : nil,
                ].compactMap(\.self).joined(separator: " and "))
        default: .refused("\(self)")
        }
    }
}

extension PlainModel.Challenge {
    /// As a worker hands it over.
    var solved: SolvedChallenge {
        guard let number else { return .failed }
        return SolvedChallenge(
            mark: .person(UInt64(number) &+ 7_000_000), expires: expires, level: 1)
    }
}

internal import Ledger

/// All reasons of one refusal, and which consents are missing.
struct RefusalReasons: Equatable, BitwiseCopyable {
    private(set) var bits: UInt16 = 0
    /// A bit for each of the operation's required consents that is missing.
    var missingConsents: UInt16 = 0

    init() {}

    /// - Parameter bits: as ``bits`` says them.
    init(bits: UInt16, missingConsents: UInt16) {
        self.bits = bits
        self.missingConsents = missingConsents
    }

    /// Why the ledger refused it.
    init(_ lacking: EntryReasons, missingConsents: UInt16) {
        if lacking.contains(.ageNotConfirmed) { insert(.ageNotConfirmed) }
        if lacking.contains(.secondKeyLimit) { insert(.secondKeyLimit) }
        if lacking.contains(.consentMissing) {
            insert(.consentMissing)
            self.missingConsents = missingConsents
        }
        if lacking.contains(.challengeFailed) { insert(.challengeFailed) }
        if lacking.contains(.permitUnknown) { insert(.permitInvalid) }
        if lacking.contains(.permitRevoked) { insert(.permitRevoked) }
        if lacking.contains(.permitOfAnotherOperation) { insert(.permitWrongOperation) }
        if lacking.contains(.permitNotStarted) { insert(.permitNotStarted) }
        if lacking.contains(.permitExpired) { insert(.permitExpired) }
    }

    mutating func insert(_ reason: RefusalReason) { bits |= 1 << UInt16(reason.rawValue) }

    func contains(_ reason: RefusalReason) -> Bool { bits & 1 << UInt16(reason.rawValue) != 0 }
}

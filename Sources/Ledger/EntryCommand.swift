/// One participation, as a worker hands it to the sequencer: nothing in it points anywhere.
@usableFromInline
package struct EntryCommand: Equatable, Sendable, BitwiseCopyable {
    /// Index in ``Catalogue/operations``: what the request's path names.
    @usableFromInline package var operation: UInt32
    /// Index in ``Catalogue/keys``: the front-end key that the request carried.
    @usableFromInline package var key: UInt32
    @usableFromInline package var participant: Fingerprint
    /// ``Fingerprint/none`` if the request has no `Idempotency-Key`. The high half is the key's,
    /// the low half that of the request: participant, fields, source, age, consents, second key.
    @usableFromInline package var idempotency: Fingerprint
    /// Of the second key, where the operation limits entries by one; else ``Fingerprint/none``.
    @usableFromInline package var secondKey: Fingerprint
    /// The person confirmed the minimum age.
    @usableFromInline package var ageConfirmed: Bool
    /// The operation asks for consents, and the person gave every one of them.
    @usableFromInline package var consentsGiven: Bool
    /// ``OperationSettings/identityMark`` of the settings that it was judged by before the fold;
    /// ``recordedMark`` of an entry on record, whose settings are not asked again.
    @usableFromInline package var identityMark: UInt32
    /// The leaf of the operation's key tree that what the person gave is sealed under: of no other
    /// entry, of any operation. Less than ``LedgerLimits/leaves``.
    @usableFromInline package var leaf: UInt64
    /// What came as a solved challenge; looked at only where something did.
    @usableFromInline package var challenge: SolvedChallenge
    /// What was found before the ledger is asked: it decides by it, and finds out nothing itself.
    @usableFromInline package var countedAs: CountedAs
    /// Index in ``Catalogue/permits``: the permit that a test entry came with (C7);
    /// ``noPermit`` for an entry that counts.
    @usableFromInline package var permit: UInt32

    /// The permit of an entry that came with none.
    @inlinable package static var noPermit: UInt32 { .max }

    /// Whether it came with a permit: it is decided, answered and stored like every entry, and
    /// counts for its run alone.
    @inlinable package var isTest: Bool { permit != Self.noPermit }

    /// The mark of no settings.
    @inlinable package static var recordedMark: UInt32 { .max }

    @inlinable package init(
        operation: UInt32, key: UInt32, participant: Fingerprint, idempotency: Fingerprint = .none,
        secondKey: Fingerprint = .none, ageConfirmed: Bool = false, consentsGiven: Bool = false,
        identityMark: UInt32 = EntryCommand.recordedMark, leaf: UInt64 = 0,
        challenge: SolvedChallenge = .absent, countedAs: CountedAs = .participant,
        permit: UInt32 = EntryCommand.noPermit
    ) {
        self.operation = operation
        self.key = key
        self.participant = participant
        self.idempotency = idempotency
        self.secondKey = secondKey
        self.ageConfirmed = ageConfirmed
        self.consentsGiven = consentsGiven
        self.identityMark = identityMark
        self.leaf = leaf
        self.challenge = challenge
        self.countedAs = permit == EntryCommand.noPermit ? countedAs : .test
        self.permit = permit
    }
}

/// What the ledger decided about an entry. Only `accepted` changed anything and is recorded.
package enum EntryOutcome: Equatable, Sendable, BitwiseCopyable {
    /// Counted; `participant` is the person's number in the operation, from 1.
    case accepted(entry: EntryNumber, participant: UInt32)
    /// The rule allows no second one, or the idempotency key is known: the numbers of the first.
    case repeated(entry: EntryNumber, participant: UInt32)
    /// A draft, or before the date it opens.
    case notOpen
    /// Closed by a person, or past the date it closes.
    case closed
    /// The operation has as many entries or participants as its cap allows (C25).
    case capReached
    /// Suspended (C3, C8).
    case suspended(isDefinitive: Bool)
    /// Something is missing that the operation demands, all of it is named (C24); or the limit of
    /// its second key is reached (C25).
    case refused(EntryReasons)
    case keyRevoked
    /// Under this idempotency key another request was accepted.
    case idempotencyKeyReused
    /// The key belongs to another operation.
    case wrongOperation
    /// The operation was set back to zero while the entry was on its way: it may be sent again.
    case reset
    /// What tells participants or second keys apart was changed while the entry was on its way: it
    /// may be sent again.
    case settingsChanged
    /// No operation has this index.
    case unknownOperation
    /// No key has this index.
    case unknownKey
    /// Something has run out; nothing was changed.
    case full(EntryLimit)
}

/// Why an operation's settings, or the permit of a test entry, do not allow an entry.
package struct EntryReasons: OptionSet, Hashable, Sendable, BitwiseCopyable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// The minimum age was not confirmed.
    package static let ageNotConfirmed = EntryReasons(rawValue: 1)
    /// A consent is missing.
    package static let consentMissing = EntryReasons(rawValue: 2)
    /// Its second key has brought as many entries as it may. Stands alone: it is looked at where
    /// nothing is lacking.
    package static let secondKeyLimit = EntryReasons(rawValue: 4)
    /// The challenge was solved wrongly, is not one of ours for this operation and key, has
    /// expired, or was used.
    package static let challengeFailed = EntryReasons(rawValue: 8)
    /// The permit of a test entry, which is looked at first: each stands alone.
    package static let permitUnknown = EntryReasons(rawValue: 16)
    package static let permitRevoked = EntryReasons(rawValue: 32)
    package static let permitOfAnotherOperation = EntryReasons(rawValue: 64)
    package static let permitNotStarted = EntryReasons(rawValue: 128)
    package static let permitExpired = EntryReasons(rawValue: 256)
}

/// What can run out under an entry.
package enum EntryLimit: UInt8, Equatable, Sendable, BitwiseCopyable {
    /// The machine, or the limit set on the tables, gives no more memory.
    case memory
    /// ``LedgerLimits/participants``.
    case participants
    /// The numbers of entries.
    case entryNumbers
    /// ``LedgerLimits/challengesOfSpan``.
    case challenges
}

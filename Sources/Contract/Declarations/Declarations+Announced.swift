package import Time

/// What was announced for a moment, and what it accounts for (C1, C2).
extension Declarations {
    /// The participants that are expected by what was declared: those of the notice, or of all
    /// campaigns together where these are more. `nil` if nothing is declared.
    package var expectedParticipants: UInt32? {
        let told = campaigns.lazy.filter { $0.withdrawnAt == nil }
        if notice == nil, told.isEmpty { return nil }
        let expected = told.reduce(UInt64(0)) {
            $0 + UInt64($1.declaration.expectedParticipants)
        }
        return max(notice?.expectedParticipants ?? 0, UInt32(clamping: expected))
    }

    /// The people who were announced for now: those of the notice, or the recipients of all
    /// campaigns that run now, together, where these are more. A campaign that was declared late is
    /// among them: the operator knows of it, though it does not add to the cover.
    package func announcedParticipants(at time: Timestamp) -> UInt64 {
        var recipients: UInt64 = 0
        for campaign in campaigns where campaign.isRunning(at: time) {
            recipients += UInt64(campaign.declaration.recipients)
        }
        return max(UInt64(notice?.expectedParticipants ?? 0), recipients)
    }

    /// Entries within the policy's window above which they are a rise that was not announced. All
    /// the people who were announced may come within one window.
    package func announcedEntries(at time: Timestamp, _ policy: Policy) -> Int {
        max(policy.riseEntries, Int(clamping: announcedParticipants(at: time)))
    }

    /// Whether the campaigns that run now account for so many entries within so many seconds: twice
    /// their expected peak, because figures of responses are rough. Entries that carry another tag
    /// than was declared are then taken for theirs: a misspelt tag accuses nobody.
    package func accountFor(_ entries: Int, within seconds: Int, at time: Timestamp) -> Bool {
        var expected: UInt64 = 0
        for campaign in campaigns where campaign.isRunning(at: time) {
            expected += 2 * campaign.declaration.expectedEntries(within: seconds)
        }
        return UInt64(clamping: entries) <= expected
    }

    /// Whether a campaign that was declared, late or not, has this tag. Case, and what is neither
    /// letter nor digit, make no difference: `Summer-Mail` is `summer_mail`.
    package func names(source: String) -> Bool {
        campaigns.contains {
            $0.withdrawnAt == nil && ($0.source == source || $0.source.isSameTag(as: source))
        }
    }
}

extension Campaign {
    /// Whether its entries are expected now, and it is not withdrawn.
    fileprivate func isRunning(at time: Timestamp) -> Bool {
        withdrawnAt == nil && declaration.isRunning(at: time)
    }
}

extension String {
    /// Whether both are one campaign's tag, see ``Declarations/names(source:)``.
    package func isSameTag(as other: String) -> Bool {
        let (own, others) = (foldedTag, other.foldedTag)
        return own == others && !own.isEmpty
    }

    /// Letters and digits without case. Of ASCII only, so that no version of Unicode matters.
    private var foldedTag: [UInt8] {
        utf8.compactMap { byte -> UInt8? in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): return byte + 32
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                0x80...0xFF:
                return byte
            default: return nil
            }
        }
    }
}

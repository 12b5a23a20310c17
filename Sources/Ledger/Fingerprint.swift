/// A 128-bit keyed hash, computed by a worker: of the participant; or 64 bits of an idempotency key
/// and 64 of what was asked under it.
///
/// The hash's key is drawn per operation, so fingerprints are spread evenly whatever front ends
/// send, nobody outside can aim at a place in a table, and those of different operations have
/// nothing in common. Among n keys in one table some two are equal with probability n² / 2¹²⁹:
/// for a hundred million, 1.5 · 10⁻²³.
@usableFromInline
package struct Fingerprint: Hashable, Sendable, BitwiseCopyable {
    @usableFromInline package var high: UInt64
    @usableFromInline package var low: UInt64

    @inlinable package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// No fingerprint: what a command without an idempotency key carries.
    @inlinable package static var none: Fingerprint { Fingerprint(high: 0, low: 0) }

    @inlinable package var isNone: Bool { high | low == 0 }
}

extension Fingerprint {
    /// The key under which the tables know this fingerprint in one operation. For one operation it
    /// is a permutation, so folding the operation in makes no two fingerprints equal; it keeps
    /// operations apart even if a worker were to use one hash key for two of them.
    func keyed(operation: UInt32) -> Fingerprint {
        Fingerprint(high: high, low: low ^ ((UInt64(operation) &+ 1) &* 0x9E37_79B9_7F4A_7C15))
    }

    /// The same for an idempotency key: its high half alone says which key it is, so the operation
    /// is folded into that.
    func keyed(idempotencyOf operation: UInt32) -> Fingerprint {
        Fingerprint(high: high ^ ((UInt64(operation) &+ 1) &* 0x9E37_79B9_7F4A_7C15), low: low)
    }

    /// The same within one run of test entries (C7).
    func keyed(permit: UInt32) -> Fingerprint {
        Fingerprint(high: high, low: low ^ ((UInt64(permit) &+ 1) &* 0xA24B_AED4_963E_E407))
    }

    /// The same for an idempotency key of a run.
    func keyed(idempotencyOfPermit permit: UInt32) -> Fingerprint {
        Fingerprint(high: high ^ ((UInt64(permit) &+ 1) &* 0xA24B_AED4_963E_E407), low: low)
    }

    /// The key of (this, local day): two Feistel rounds after the day is mixed into the low half,
    /// so a person's days are spread over the table. For one day it is a permutation: within a day
    /// no two persons meet that did not before. Across days, keys meet as 128-bit hashes do.
    func keyed(day: Int32) -> Fingerprint {
        let number = UInt64(UInt32(bitPattern: day)) &+ 1
        let mixed = low ^ (number &* 0xD1B5_4A32_D192_ED03)
        let high = high ^ Self.scatter(mixed)
        return Fingerprint(high: high, low: mixed ^ Self.scatter(high))
    }

    /// The key under which an operation's table knows one who counts apart: no participant has it.
    /// A permutation for each of them; across them keys meet as 128-bit hashes do.
    func keyed(as countedAs: CountedAs) -> Fingerprint {
        guard countedAs != .participant else { return self }
        let mixed = low ^ (UInt64(countedAs.rawValue) &* 0xA24B_AED4_963E_E407)
        let high = high ^ Self.scatter(mixed)
        return Fingerprint(high: high, low: mixed ^ Self.scatter(high))
    }

    /// The finaliser of SplitMix64 (G. Steele, D. Lea, C. Flood, 2014): each bit of the result
    /// depends on each bit given.
    private static func scatter(_ value: UInt64) -> UInt64 {
        var mixed = value &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

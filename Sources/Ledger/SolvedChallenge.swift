internal import Bytes
internal import Time

/// What a worker found of the challenge that came with an entry. The ledger sees to it that each
/// is good for one entry, until it expires.
@usableFromInline
package struct SolvedChallenge: Equatable, Sendable, BitwiseCopyable {
    /// Of this challenge and no other: 128 bits that a worker computed and nobody can choose.
    @usableFromInline package var mark: Fingerprint
    /// When it expires, in seconds since 1970.
    @usableFromInline package var expires: UInt32
    /// How much work was asked for, from 1.
    @usableFromInline package var level: UInt8
    @usableFromInline package var state: State

    @usableFromInline
    package enum State: UInt8, Sendable, BitwiseCopyable {
        /// None came with the entry, or the operation asks for none.
        case absent
        /// It was not given out for this operation and key, or the solution is wrong.
        case failed
        case solved
    }

    @inlinable package init(
        mark: Fingerprint = .none, expires: UInt32 = 0, level: UInt8 = 0, state: State = .solved
    ) {
        self.mark = mark
        self.expires = expires
        self.level = level
        self.state = state
    }

    @inlinable package static var absent: SolvedChallenge { SolvedChallenge(state: .absent) }
    @inlinable package static var failed: SolvedChallenge { SolvedChallenge(state: .failed) }

    /// One whose wait in place of work is over, and whose turn is not: to the ledger as good as
    /// none.
    /// - Parameters:
    ///   - seconds: when the turn may come, in seconds since 1970; positive.
    ///   - level: its own.
    @inlinable package static func postponed(until seconds: UInt32, level: UInt8) -> SolvedChallenge
    {
        SolvedChallenge(expires: seconds, level: level, state: .absent)
    }

    /// When the turn of one that waits may come, in seconds since 1970; nil for any other.
    @inlinable package var turn: UInt32? { state == .absent && expires > 0 ? expires : nil }

    /// Whether something came with the entry.
    @inlinable package var isGiven: Bool { state != .absent }

    /// The last moment at which it is good is before this one.
    var end: Timestamp { Timestamp(milliseconds: Int64(expires) * 1_000) }
}

// As an item of a record's extensions: the mark, two words with the high one first, `expires` and
// the level, little-endian.
extension SolvedChallenge {
    static var encodedBytes: Int { 21 }

    /// Nil for bytes that ``append(to:)`` does not write.
    init?(_ bytes: RawSpan) {
        guard bytes.byteCount == Self.encodedBytes else { return nil }
        var reader = ByteReader(bytes)
        do {
            mark = Fingerprint(high: try reader.read(), low: try reader.read())
            expires = try reader.read()
            level = try reader.read()
        } catch {
            return nil
        }
        state = .solved
    }

    func append(to buffer: inout ByteBuffer) {
        buffer.append(littleEndian: mark.high)
        buffer.append(littleEndian: mark.low)
        buffer.append(littleEndian: expires)
        buffer.append(level)
    }
}

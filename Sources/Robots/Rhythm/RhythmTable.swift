/// The times between entries, by address, session, participant and front-end key: one flat table.
///
/// Buckets of four slots, one cache line each. A key that is absent takes the slot of its bucket
/// that has been idle longest, so the table forgets by itself and never grows.
struct RhythmTable: ~Copyable, Sendable {
    /// What one entry adds to what is known of a key.
    struct Observation {
        /// The key was known already.
        let isKnown: Bool
        /// The intervals up to this entry, its own included.
        let intervals: IntervalSummary
    }

    private var slots: ZeroedTable

    /// - Parameter slots: how many keys at most; a power of two, 16 bytes each.
    init(slots: Int) {
        self.slots = ZeroedTable(of: Slot.self, count: max(slots, Slot.perBucket))
    }

    var memoryBytes: Int { slots.memoryBytes }

    /// Asks for the memory that ``note(_:participant:at:)`` looks at.
    @inline(__always)
    func prefetch(_ key: UInt64) {
        slots.prefetch(Int(truncatingIfNeeded: key) &* Slot.perBucket, of: Slot.self)
    }

    /// Notes an entry of a key and returns what is known of the key now.
    /// - Parameters:
    ///   - participant: whoever enters; two entries in a row of one participant are a click too
    ///     many, or a reload, and make no interval. `nil` counts every entry.
    ///   - now: in milliseconds, as ``BehaviourDetector`` counts them.
    @inline(__always)
    mutating func note(_ key: UInt64, participant: UInt64?, at now: UInt32) -> Observation {
        let tag = Slot.tag(of: key)
        let first = Int(truncatingIfNeeded: key) &* Slot.perBucket
        var found = -1
        var idlest = 0
        var longestIdle: UInt32 = 0
        // All four, without a branch: which one it is cannot be foreseen.
        for offset in 0..<Slot.perBucket {
            let slot = slots[first &+ offset, of: Slot.self]
            found = slot.tag == tag ? offset : found
            let idle = slot.identity == 0 ? UInt32.max : now &- slot.last
            idlest = idle >= longestIdle ? offset : idlest
            longestIdle = max(idle, longestIdle)
        }
        guard found < 0 else {
            return slots.update(first &+ found, of: Slot.self) { $0.note(participant, at: now) }
        }
        slots.update(first &+ idlest, of: Slot.self) {
            $0 = Slot(tag: tag, participant: participant, at: now)
        }
        return Observation(isKnown: false, intervals: IntervalSummary())
    }

    /// What is known of a key, without another entry.
    func find(_ key: UInt64) -> IntervalSummary {
        let tag = Slot.tag(of: key)
        let first = Int(truncatingIfNeeded: key) &* Slot.perBucket
        for offset in 0..<Slot.perBucket where slots[first &+ offset, of: Slot.self].tag == tag {
            return slots[first &+ offset, of: Slot.self].intervals
        }
        return IntervalSummary()
    }

    /// 16 bytes a key.
    private struct Slot: BitwiseCopyable, Sendable {
        static let perBucket = 4

        /// From the highest bit: 14 bits of the key (never 0 in a slot that is used), 12 of the
        /// participant, 6 for the number of intervals.
        var identity: UInt32
        /// When the last entry came.
        var last: UInt32
        var sum: Float
        var logSum: Float

        init(tag: UInt32, participant: UInt64?, at now: UInt32) {
            identity = tag << 18 | Self.participantBits(participant)
            last = now
            sum = 0
            logSum = 0
        }

        static func tag(of key: UInt64) -> UInt32 {
            max(UInt32(truncatingIfNeeded: key >> 50), 1)
        }

        private static func participantBits(_ participant: UInt64?) -> UInt32 {
            UInt32(truncatingIfNeeded: (participant ?? 0) >> 52) << 6
        }

        var tag: UInt32 { identity >> 18 }

        var intervals: IntervalSummary {
            get { IntervalSummary(count: identity & 0x3F, sum: sum, logSum: logSum) }
            set {
                identity = identity & ~0x3F | newValue.count
                sum = newValue.sum
                logSum = newValue.logSum
            }
        }

        mutating func note(_ participant: UInt64?, at now: UInt32) -> Observation {
            if let participant {
                let bits = Self.participantBits(participant)
                if identity & 0x3_FFC0 == bits {
                    return Observation(isKnown: true, intervals: intervals)
                }
                identity = identity & ~0x3_FFC0 | bits
            }
            var intervals = intervals
            intervals.add(from: last, to: now)
            self.intervals = intervals
            last = now
            return Observation(isKnown: true, intervals: intervals)
        }
    }
}

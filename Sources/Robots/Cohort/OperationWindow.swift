/// How many people came to an operation lately, and the beat at which its cohorts forget. 64 bytes,
/// one cache line.
///
/// An epoch ends after so many new participants or so much time; what was counted before counts for
/// half from then on, in every table.
struct OperationWindow: BitwiseCopyable, Sendable {
    static let epochParticipants: UInt32 = 4_096
    static let epochMilliseconds: UInt32 = 900_000

    /// What one entry finds when it comes.
    struct Crowd {
        /// Number of the epoch.
        let epoch: UInt32
        /// New participants lately, this one not counted.
        let participants: Double
        /// Repeated entries lately.
        let repeats: Double
        /// New participants lately whose likeness was counted, this one not among them.
        let sampled: Double
        /// New participants of the last minutes, by ``RecentWeight``.
        let recent: Double
        /// Those of them who are in no burst.
        let calm: Double
        /// The time that ``participants`` came in, in milliseconds, forgotten as they are.
        let milliseconds: Double

        /// What ``recent`` would be, did people come as evenly as they did lately on average.
        var usual: Double {
            participants * RecentWeight.meanMilliseconds / max(milliseconds, 1)
        }
    }

    /// By ``Sum``.
    private var sums = SIMD8<Float>()
    private var epoch: UInt32 = 0
    private var epochStart: UInt32 = 0
    private var inEpoch: UInt32 = 0
    /// When the last new participant came.
    private var last: UInt32 = 0
    /// Fills the line.
    private let unused = SIMD4<UInt32>()

    /// Places in ``sums``.
    private enum Sum {
        static let participants = 0
        static let repeats = 1
        static let sampled = 2
        /// Of the epochs before, in milliseconds.
        static let time = 3
        /// These two forget by the clock.
        static let recent = 4
        static let calm = 5
    }

    /// Counts an entry: as a new participant, as a repeated one, or not at all.
    /// - Parameter isSampled: its likeness is counted, if it is a new participant's.
    @inline(__always)
    mutating func enter(
        isCounted: Bool, isRepeated: Bool, isSampled: Bool, at now: UInt32
    ) -> Crowd {
        if inEpoch >= Self.epochParticipants || now &- epochStart >= Self.epochMilliseconds {
            forget(at: now)
        }
        let weight = RecentWeight.after(from: last, to: now)
        let recent = sums[Sum.recent] * weight
        let calm = sums[Sum.calm] * weight
        let crowd = Crowd(
            epoch: epoch, participants: Double(sums[Sum.participants]),
            repeats: Double(sums[Sum.repeats]), sampled: Double(sums[Sum.sampled]),
            recent: Double(recent), calm: Double(calm),
            milliseconds: Double(sums[Sum.time]) + Double(now &- epochStart))
        guard isCounted else { return crowd }
        if isRepeated {
            sums[Sum.repeats] += 1
        } else {
            sums[Sum.participants] += 1
            inEpoch += 1
            if isSampled { sums[Sum.sampled] += 1 }
            sums[Sum.recent] = recent + 1
            sums[Sum.calm] = calm
            last = now
        }
        return crowd
    }

    /// Counts the participant that has just been counted as one that is in no burst.
    @inline(__always)
    mutating func noteCalm() {
        sums[Sum.calm] += 1
    }

    @inline(never)
    private mutating func forget(at now: UInt32) {
        let elapsed = now &- epochStart
        let passed = min(max(elapsed / Self.epochMilliseconds, 1), 20)
        epoch &+= passed
        epochStart = now
        inEpoch = 0
        let recent = sums[Sum.recent]
        let calm = sums[Sum.calm]
        sums[Sum.time] += Float(elapsed)
        sums *= 1 / Float(UInt32(1) << passed)
        sums[Sum.recent] = recent
        sums[Sum.calm] = calm
    }
}

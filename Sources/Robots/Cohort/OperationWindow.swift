/// How many people came to an operation lately, and the beat at which its cohorts forget.
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
        /// New participants of the last minutes, by ``RecentWeight``.
        let recent: Double
    }

    private var epoch: UInt32 = 0
    private var epochStart: UInt32 = 0
    private var inEpoch: UInt32 = 0
    private var participants: Float = 0
    private var repeats: Float = 0
    private var recent: Float = 0
    private var last: UInt32 = 0
    private var unused: UInt32 = 0

    /// Counts an entry: as a new participant, as a repeated one, or not at all.
    mutating func enter(isCounted: Bool, isRepeated: Bool, at now: UInt32) -> Crowd {
        let elapsed = now &- epochStart
        if inEpoch >= Self.epochParticipants || elapsed >= Self.epochMilliseconds {
            let passed = min(max(elapsed / Self.epochMilliseconds, 1), 20)
            epoch &+= passed
            epochStart = now
            inEpoch = 0
            let factor = 1 / Float(UInt32(1) << passed)
            participants *= factor
            repeats *= factor
        }
        let aged = recent * RecentWeight.after(from: last, to: now)
        let crowd = Crowd(
            epoch: epoch, participants: Double(participants), repeats: Double(repeats),
            recent: Double(aged))
        guard isCounted else { return crowd }
        if isRepeated {
            repeats += 1
        } else {
            participants += 1
            inEpoch += 1
            recent = aged + 1
            last = now
        }
        return crowd
    }
}

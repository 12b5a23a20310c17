import TestSupport

@testable import Contract

/// Participants before a turnstile, in virtual time: each returns when it is told, plus the ways of
/// answer and request.
struct SimulatedQueue {
    /// How a participant takes what it is told.
    enum Habit {
        case punctual
        /// Comes at the full second, as `Retry-After` has it.
        case wholeSeconds
        /// Up to a tenth of the pause late, and half a second.
        case late
        /// Does not wait, but comes again every so many milliseconds.
        case hammering(Int64)
        /// Takes a ticket and never returns.
        case gone
    }

    struct Participant {
        var habit = Habit.punctual
        var arrived: Int64
        var number: UInt64?
        var admitted: Int64?
        /// As it was told last.
        var position = UInt64.max
        var turnAt = Int64.max
    }

    var turnstile: Turnstile
    private var random: SeededGenerator
    private(set) var participants: [Participant] = []
    private var coming: [Int64: [Int]] = [:]
    private(set) var now: Int64 = 0
    /// What is on record, as the sequencer does it; and since when.
    private(set) var recorded: QueueCounters?
    private var recordedAt: Int64 = 0
    private(set) var records = 0
    /// Answers that told a larger position, or a later turn by more than the jitter.
    private(set) var steppedBack: [String] = []
    private(set) var answers = 0
    /// A turn may be told so much later: a fraction of a token, and clocks in milliseconds.
    static let jitter: Int64 = 100
    /// Whether the pace has changed: turns may then be told later.
    var isPaceChanging = false

    init(pace: UInt32, seed: UInt64) {
        turnstile = Turnstile(perSecond: pace, epoch: 1, at: 0)
        random = SeededGenerator(seed: seed)
    }

    /// Milliseconds of one way, 5 to 150.
    private mutating func way() -> Int64 { .random(in: 5...150, using: &random) }

    /// Participants who come within so many milliseconds from now.
    mutating func add(
        _ count: Int, within milliseconds: Int64, _ habit: (Int) -> Habit = { _ in .punctual }
    ) {
        var times: [Int64] = []
        for _ in 0..<count {
            times.append(now + Int64.random(in: 0...max(milliseconds, 0), using: &random))
        }
        for (index, time) in times.sorted().enumerated() {
            participants.append(Participant(habit: habit(index), arrived: time))
            coming[time, default: []].append(participants.count - 1)
        }
    }

    /// Lets time go on.
    mutating func run(until end: Int64) {
        while now < end {
            for index in coming.removeValue(forKey: now) ?? [] { arrive(index) }
            if let counters = turnstile.counters(after: recorded) {
                recorded = counters
                recordedAt = now
                records += 1
            }
            now += 1
        }
    }

    /// The process ends, and another goes on with what is on record; whoever comes meanwhile comes
    /// again a second later.
    mutating func restart(pace: UInt32, afterMilliseconds away: Int64) {
        guard let recorded else { return }
        let end = now + away
        for time in now..<end {
            for index in coming.removeValue(forKey: time) ?? [] {
                var again = time + 1_000
                while again < end { again += 1_000 }
                again += way()
                coming[again, default: []].append(index)
            }
        }
        now = end
        turnstile = Turnstile(
            restoring: recorded, elapsed: end - recordedAt, perSecond: pace, at: end)
    }

    private mutating func arrive(_ index: Int) {
        answers += 1
        let admission =
            participants[index].number.map { turnstile.arrive(with: $0, at: now) }
            ?? turnstile.arrive(at: now)
        switch admission {
        case .admitted: participants[index].admitted = now
        case .full: break
        case .waiting(let place): wait(index, place)
        }
    }

    private mutating func wait(_ index: Int, _ place: Turnstile.Place) {
        check(index, place)
        participants[index].number = place.number
        participants[index].position = place.position
        participants[index].turnAt = now + place.estimateMilliseconds
        let pause = place.retryAfterMilliseconds
        let late: Int64
        switch participants[index].habit {
        case .punctual: late = 0
        case .wholeSeconds: late = (pause + 999) / 1_000 * 1_000 - pause
        case .late: late = .random(in: 0...(pause / 10 + 500), using: &random)
        case .hammering(let milliseconds): late = milliseconds - pause
        case .gone: return
        }
        let back = now + way() + pause + late + way()
        coming[back, default: []].append(index)
    }

    private mutating func check(_ index: Int, _ place: Turnstile.Place) {
        let before = participants[index]
        guard let number = before.number else { return }
        if place.number != number { steppedBack.append("\(number) became \(place.number)") }
        if place.position > before.position {
            steppedBack.append("\(number) at \(now): \(before.position) to \(place.position)")
        }
        let turnAt = now + place.estimateMilliseconds
        if turnAt > before.turnAt + Self.jitter, !isPaceChanging {
            steppedBack.append("\(number) at \(now): turn at \(before.turnAt), then \(turnAt)")
        }
    }

    // MARK: Figures

    var admitted: Int { participants.count { $0.admitted != nil } }

    /// The longest that one of these waited beyond the time at which a queue of them alone would
    /// have let it in.
    func longestBeyondIdeal(pace: Int64, _ isCounted: (Participant) -> Bool) -> Int64 {
        var longest: Int64 = 0
        for (place, participant) in participants.filter(isCounted).enumerated() {
            guard let admitted = participant.admitted else { return .max }
            let ideal = max(Int64(place) * 1_000 / pace, participant.arrived)
            longest = max(longest, admitted - ideal)
        }
        return longest
    }

    /// Of all pairs, the share that was let in the wrong way round by more than so long.
    func disorder(beyond milliseconds: Int64) -> Double {
        participants.compactMap(\.admitted).disorder(beyond: milliseconds)
    }

    /// The most that were admitted within so many milliseconds.
    func mostAdmitted(within milliseconds: Int64) -> Int {
        let times = participants.compactMap(\.admitted).sorted()
        var (first, most) = (0, 0)
        for (index, time) in times.enumerated() {
            while times[first] + milliseconds <= time { first += 1 }
            most = max(most, index - first + 1)
        }
        return most
    }
}

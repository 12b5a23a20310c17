/// Lets people through at a pace, first come, first served (C4: smoothing).
///
/// Who comes too early gets a number, and comes again when it has been called. Two counters are all
/// that a queue of any length takes: the number issued last, and the number called last. Nobody
/// stands in it: an abandoned number is called like every other, nobody comes, and the next ones
/// are called in its place. Beside them, one bit for each number called within the last minute says
/// whether it was used.
///
/// Tokens are what is let through: they come at the pace, and are lost beyond two seconds' worth.
/// A number that is called takes the next token; a newcomer takes one only where nobody waits, or
/// where nobody comes who was called.
///
/// It is measured, not folded: what waits is not in the log. One thread owns it, and tells it
/// the time, in milliseconds of a clock that is never set.
package struct Turnstile: Sendable {
    /// Tells the numbers of this turnstile from those of one before it.
    package let epoch: UInt64
    /// Entries a second.
    package private(set) var perSecond: UInt32
    /// The number issued last; the first is 1.
    package private(set) var issued: UInt64 = 0
    /// The number called last; never more than was issued.
    package private(set) var called: UInt64 = 0

    /// Thousandths of an entry that may be let through now.
    private var tokens: Int64
    /// Thousandths of a number that time has called beyond the whole ones.
    private var callFraction: Int64 = 0
    private var latest: Int64
    /// Numbers up to this one have expired.
    private var expired: UInt64 = 0
    /// For each number called after `expired`, whether it was used.
    private var used = BitQueue()
    /// The number called last, ten times a second, oldest first.
    private var marks: [Mark] = []
    /// Numbers up to this one were called more than ``showMilliseconds`` ago.
    private var overdue: UInt64 = 0
    /// Of those called after it, how many were used.
    private var usedLately = 0
    /// Of the numbers that became overdue lately, how many there were and how many were used; both
    /// fade, by a 64th ten times a second.
    private var comers = (called: 0.0, used: 0.0)

    private struct Mark {
        var at: Int64
        var called: UInt64
    }

    /// What becomes of one who comes.
    package enum Admission: Equatable, Sendable, BitwiseCopyable {
        case admitted
        /// Come again, with this number.
        case waiting(Place)
        /// So many wait that a number would be worth nothing.
        case full
    }

    /// A place in the queue.
    package struct Place: Equatable, Sendable, BitwiseCopyable {
        package var number: UInt64
        /// Numbers that are called before it, and its own.
        package var position: UInt64
        /// Milliseconds after which it is let through at the latest, if the pace stays.
        package var estimateMilliseconds: Int64
        /// Seconds after which to come again: half the time that its turn is likely to take, spread
        /// a little, because those who were told the same second would come at once.
        package var retryAfterSeconds: UInt32
    }

    /// How long a number holds after it has been called.
    package static var graceMilliseconds: Int64 { 60_000 }
    /// Nobody is given a number that is called in more than an hour: it would be worth nothing.
    private static var longestWaitSeconds: UInt64 { 3_600 }
    /// Numbers that may wait at once, whatever the pace.
    package static var maximumWaiting: UInt64 { 1_000_000 }
    /// Who is called is expected within this time; after it others are called instead.
    private static var showMilliseconds: Int64 { 2_000 }
    /// Nobody is sent away for longer, so that estimates can be mended.
    private static var longestRetrySeconds: Int64 { 10 }
    /// What an estimate allows for coming back on whole seconds.
    private static var slackMilliseconds: Int64 { 2_000 }

    package init(perSecond: UInt32, epoch: UInt64, at milliseconds: Int64) {
        self.perSecond = max(perSecond, 1)
        self.epoch = epoch
        latest = milliseconds
        tokens = 1_000
    }

    /// Numbers that were issued and not called yet.
    package var waiting: UInt64 { issued - called }

    /// Whether a newcomer is neither let through nor given a number.
    package var isFull: Bool { !hasRoom && !isAbandoned }

    private var hasRoom: Bool {
        waiting < min(UInt64(perSecond) * Self.longestWaitSeconds, Self.maximumWaiting)
    }

    /// Whether those who are called do not come: only then is so much left over, and nobody is
    /// passed over where a newcomer takes it.
    private var isAbandoned: Bool { tokens >= max(maximumTokens / 4 * 3, 1_000) }

    package mutating func setPace(_ perSecond: UInt32, at milliseconds: Int64) {
        advance(to: milliseconds)
        self.perSecond = max(perSecond, 1)
        tokens = min(tokens, maximumTokens)
    }

    /// One who has no number, or none that holds.
    package mutating func arrive(at milliseconds: Int64) -> Admission {
        advance(to: milliseconds)
        let isFree = waiting == 0 && tokens >= 1_000 * (1 + expected)
        if isFree || isAbandoned {
            tokens -= 1_000
            return .admitted
        }
        guard hasRoom else { return .full }
        issued += 1
        return .waiting(place(of: issued))
    }

    /// One who has this number; a number that never was, has expired or was used, is none.
    package mutating func arrive(with number: UInt64, at milliseconds: Int64) -> Admission {
        advance(to: milliseconds)
        guard number > expired, number <= issued else { return arrive(at: milliseconds) }
        guard number <= called else { return .waiting(place(of: number)) }
        let index = Int(number - expired - 1)
        guard !used[index] else { return arrive(at: milliseconds) }
        guard tokens >= 1_000 else { return .waiting(place(of: number)) }
        tokens -= 1_000
        used.set(index)
        if number > overdue { usedLately += 1 }
        return .admitted
    }

    // MARK: Time

    private var pace: Int64 { Int64(perSecond) }
    private var maximumTokens: Int64 { max(pace * 2_000, 1_000) }

    /// Those called lately who have not come yet, and are still expected: as many as came of those
    /// before them.
    private var expected: Int64 {
        let share = comers.called < 1 ? 1 : comers.used / comers.called
        return max(Int64(Double(called - overdue) * share) - Int64(usedLately), 0)
    }

    /// Gives the tokens of the time that has passed, and calls as many numbers; then calls others
    /// for those who did not come.
    package mutating func advance(to milliseconds: Int64) {
        // Beyond a minute everything is full and called anyway.
        let passed = min(max(milliseconds - latest, 0), Self.graceMilliseconds)
        latest = max(latest, milliseconds)
        guard passed > 0 else { return }
        tokens = min(tokens + pace * passed, maximumTokens)
        callFraction += pace * passed
        call(callFraction / 1_000)
        callFraction %= 1_000
        markIfDue()
        // If fewer than one in ten come, more calls would only empty the queue.
        let maximum = 10 * pace * Self.showMilliseconds / 1_000 - Int64(clamping: called - overdue)
        call(min(tokens / 1_000 - expected, maximum))
    }

    private mutating func call(_ count: Int64) {
        let numbers = min(UInt64(clamping: count), waiting)
        called += numbers
        used.append(Int(numbers))
    }

    /// Remembers where the calling stood, ten times a second, and lets old numbers expire.
    private mutating func markIfDue() {
        if let last = marks.last, latest - last.at < 100 { return }
        marks.append(Mark(at: latest, called: called))
        let show = latest - Self.showMilliseconds
        if let bound = marks.last(where: { $0.at <= show })?.called, bound > overdue {
            let usedInTime = used.count(in: Int(overdue - expired)..<Int(bound - expired))
            comers = (
                called: comers.called * 63 / 64 + Double(bound - overdue),
                used: comers.used * 63 / 64 + Double(usedInTime)
            )
            usedLately -= usedInTime
            overdue = bound
        }
        while let oldest = marks.first, oldest.at <= latest - Self.graceMilliseconds {
            used.removeFirst(Int(oldest.called - expired))
            expired = oldest.called
            marks.removeFirst()
        }
    }

    // MARK: Places

    private func place(of number: UInt64) -> Place {
        let position = number > called ? number - called : 1
        let wait = Int64(clamping: position) * 1_000 / pace
        // Numbers are called faster than the pace where people stay away. Half the way, so that
        // one is there soon after the call; near the end that is a second.
        let calls = Int64(clamping: called - overdue) * 1_000 / Self.showMilliseconds
        let call = Int64(clamping: position) * 1_000 / max(calls, pace)
        let seconds = min(max((call / 2 + 999) / 1_000, 1), Self.longestRetrySeconds)
        // Spread over a tenth of the wait, by a number that neighbours do not share.
        let spread = Int64((number &* 0x9E37_79B9_7F4A_7C15) >> 32) % (seconds / 10 + 1)
        return Place(
            number: number, position: position,
            estimateMilliseconds: wait + Self.slackMilliseconds,
            retryAfterSeconds: UInt32(clamping: seconds + spread))
    }
}

/// Bits in order, added at the end and taken away at the front.
struct BitQueue: Sendable {
    private var words: [UInt64] = []
    /// Bits of the first word that were taken away.
    private var skipped = 0
    private(set) var count = 0

    subscript(index: Int) -> Bool {
        let place = skipped + index
        return words[place / 64] >> UInt64(place % 64) & 1 != 0
    }

    mutating func set(_ index: Int) {
        let place = skipped + index
        words[place / 64] |= 1 << UInt64(place % 64)
    }

    /// Adds bits that are not set.
    mutating func append(_ bits: Int) {
        count += bits
        let needed = (skipped + count + 63) / 64
        if words.count < needed {
            words.append(contentsOf: repeatElement(0, count: needed - words.count))
        }
    }

    /// How many bits of a range are set.
    func count(in range: Range<Int>) -> Int {
        range.reduce(0) { self[$1] ? $0 + 1 : $0 }
    }

    mutating func removeFirst(_ bits: Int) {
        count -= bits
        skipped += bits
        words.removeFirst(skipped / 64)
        skipped %= 64
    }
}

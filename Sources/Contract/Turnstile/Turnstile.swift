/// Admits entries at a pace, first come, first served (C4: smoothing).
///
/// An entry that comes too early gets a number and returns when that number has been called. Two
/// counters represent a queue of any length: the number last issued and the number last called. An
/// abandoned number is called like every other; if nobody comes, the next numbers are called in its
/// place. One bit for each number called within the last minute records whether it was used.
///
/// A token bucket limits admissions: tokens arrive at the pace, up to two seconds' worth. A called
/// number takes the next token; a newcomer takes one only if nobody waits, or if those who were
/// called do not come.
///
/// The queue is measured, not folded: it is not in the log. One thread owns it and passes it
/// the time, in milliseconds of a monotonic clock.
package struct Turnstile: Sendable {
    /// Distinguishes this turnstile's numbers from those of an earlier one.
    package let epoch: UInt64
    /// Entries a second.
    package private(set) var perSecond: UInt32
    /// The last number issued; the first is 1.
    package private(set) var issued: UInt64 = 0
    /// The last number called; never above `issued`.
    package private(set) var called: UInt64 = 0

    /// Tokens, in thousandths of an entry.
    private var tokens: Int64
    /// The fraction of the next call that has accrued, in thousandths.
    private var callFraction: Int64 = 0
    private var latest: Int64
    /// The last number that has expired.
    private var expired: UInt64 = 0
    /// For each number called after `expired`, whether it was used.
    private var used = BitQueue()
    /// The last number called, sampled ten times a second, oldest first.
    private var marks: [Mark] = []
    /// The last number called more than ``showMilliseconds`` ago.
    private var overdue: UInt64 = 0
    /// How many of the numbers called after it were used.
    private var usedLately = 0
    /// The numbers that became overdue recently, and how many of them were used. Both decay by 1/64
    /// ten times a second.
    private var comers = (called: 0.0, used: 0.0)

    private struct Mark {
        var at: Int64
        var called: UInt64
    }

    /// The outcome of an arrival.
    package enum Admission: Equatable, Sendable, BitwiseCopyable {
        case admitted
        /// The entry must return with this number.
        case waiting(Place)
        /// The queue is full.
        case full
    }

    /// A place in the queue.
    package struct Place: Equatable, Sendable, BitwiseCopyable {
        package var number: UInt64
        /// How many numbers are called before this one; 0: it is its turn.
        package var position: UInt64
        /// Milliseconds until it is admitted at the latest, if the pace stays.
        package var estimateMilliseconds: Int64
        /// Milliseconds after which to return, 1,000 to 11,000: half the expected wait, with a
        /// spread, because those who got the same moment would all return at once.
        package var retryAfterMilliseconds: Int64
    }

    /// How long a number stays valid after it was called.
    package static var graceMilliseconds: Int64 { 60_000 }
    /// The longest wait for which a number is issued: an hour.
    private static var longestWaitSeconds: UInt64 { 3_600 }
    /// The maximum number waiting at once, whatever the pace.
    package static var maximumWaiting: UInt64 { 1_000_000 }
    /// The time within which a called number is expected; after it others are called instead.
    private static var showMilliseconds: Int64 { 2_000 }
    /// The longest time until a return, so that estimates stay current.
    private static var longestRetryMilliseconds: Int64 { 10_000 }
    private static var shortestRetryMilliseconds: Int64 { 1_000 }
    /// The allowance in an estimate for returns on whole seconds.
    private static var slackMilliseconds: Int64 { 2_000 }

    package init(perSecond: UInt32, epoch: UInt64, at milliseconds: Int64) {
        self.perSecond = max(perSecond, 1)
        self.epoch = epoch
        latest = milliseconds
        tokens = 1_000
    }

    /// The number of issued numbers that are not called yet.
    package var waiting: UInt64 { issued - called }

    /// Whether a newcomer would get neither admission nor a number.
    package var isFull: Bool { !hasRoom && !isAbandoned }

    /// When the pace calls the next number, on the clock of ``advance(to:)``; `nil` if none waits.
    /// In place of numbers that do not come, more are called, perhaps before: whoever arrives finds
    /// that out. While none waits, time changes nothing that shows.
    package var nextCall: Int64? {
        waiting == 0 ? nil : latest + (1_000 - callFraction + pace - 1) / pace
    }

    private var hasRoom: Bool {
        waiting < min(UInt64(perSecond) * Self.longestWaitSeconds, Self.maximumWaiting)
    }

    /// Whether those who were called do not come. Only then are so many tokens left, and a newcomer
    /// who takes one overtakes nobody.
    private var isAbandoned: Bool { tokens >= max(maximumTokens / 4 * 3, 1_000) }

    package mutating func setPace(_ perSecond: UInt32, at milliseconds: Int64) {
        advance(to: milliseconds)
        let before = pace
        self.perSecond = max(perSecond, 1)
        // No more seconds' worth than before: at a lower pace the same number would be a burst.
        if pace < before { tokens = Int64(Double(tokens) * Double(pace) / Double(before)) }
        tokens = min(tokens, maximumTokens)
    }

    /// An arrival without a valid number.
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

    /// An arrival with a number. A number that was never issued, has expired or was used is
    /// invalid.
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

    /// The called numbers that are still expected to arrive, at the rate at which earlier ones did.
    private var expected: Int64 {
        let share = comers.called < 1 ? 1 : comers.used / comers.called
        return max(Int64(Double(called - overdue) * share) - Int64(usedLately), 0)
    }

    /// Adds the tokens for the time that has passed and calls as many numbers; then calls more in
    /// place of those who did not come.
    package mutating func advance(to milliseconds: Int64) {
        // After a minute the bucket is full and all numbers are called in any case.
        let passed = min(max(milliseconds - latest, 0), Self.graceMilliseconds)
        latest = max(latest, milliseconds)
        guard passed > 0 else { return }
        tokens = min(tokens + pace * passed, maximumTokens)
        callFraction += pace * passed
        call(callFraction / 1_000)
        callFraction %= 1_000
        markIfDue()
        // If fewer than one in ten come, more calls would only drain the queue.
        let maximum = 10 * pace * Self.showMilliseconds / 1_000 - Int64(clamping: called - overdue)
        call(min(tokens / 1_000 - expected, maximum))
    }

    private mutating func call(_ count: Int64) {
        let numbers = min(UInt64(clamping: count), waiting)
        called += numbers
        used.append(Int(numbers))
    }

    /// Samples the last number called ten times a second, and expires old numbers.
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
        let calls = number > called ? number - called : 1
        let wait = Int64(clamping: calls) * 1_000 / pace
        // If people stay away, numbers are called faster than the pace. A return after half the
        // wait comes soon after the call; near the end that is a second.
        let rate = Int64(clamping: called - overdue) * 1_000 / Self.showMilliseconds
        let call = Int64(clamping: calls) * 1_000 / max(rate, pace)
        let retry = min(
            max(call / 2, Self.shortestRetryMilliseconds), Self.longestRetryMilliseconds)
        // The spread is a tenth of the wait, from a hash that differs between neighbours.
        let spread = Int64((number &* 0x9E37_79B9_7F4A_7C15) >> 32) % (retry / 10 + 1)
        return Place(
            number: number, position: calls - 1,
            estimateMilliseconds: wait + Self.slackMilliseconds,
            retryAfterMilliseconds: retry + spread)
    }
}

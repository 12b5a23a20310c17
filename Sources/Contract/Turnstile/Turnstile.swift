/// Admits entries at a pace, in the order in which they came (C4: smoothing).
///
/// An entry before its turn gets a number and returns with it. Numbers are called in order, one for
/// each token; tokens come at the pace. Two counters represent a queue of any length, the number
/// last issued and the number last called; beside them stand four bytes for each number, when it is
/// expected back.
///
/// ```
/// newcomer ──► issued … expected ──► called, a token is held ──────────► admitted
///                          │                    │ late: the token goes to the next
///                          │ late               ▼
///                          └──► called, none is held ──► returned: the lowest gets the next token
/// ```
///
/// - **Room is held.** A called number that is expected has a token of its own until it is
///   late by more than two seconds and an eighth of the pause that it was given.
/// - **Who stays away costs nothing.** A number that is late already when it is called is passed
///   over; the token of one that becomes late goes to the next. Where many stay away, fewer tokens
///   are held than there are numbers called (``Attendance``), so that a pace is used up even if
///   nobody returns.
/// - **A place is never lost, and never moves back.** A late number stays called; if it returns, it
///   goes before all that are not called, the lowest first. Two minutes after its call it expires.
/// - **A burst is spread** where the pace protects the platform (``BurstAllowance``).
/// - A newcomer takes a token only where nobody waits.
///
/// The queue is measured, not folded; what a restart needs of it is in ``QueueCounters``. One
/// thread owns it and passes it the time, in milliseconds of a monotonic clock.
package struct Turnstile: Sendable {
    /// Distinguishes this turnstile's numbers from those of another one.
    package let epoch: UInt64
    /// Entries a second.
    package private(set) var perSecond: UInt32
    /// The last number issued; the first is 1.
    package private(set) var issued: UInt64
    /// The last number called; never above `issued`.
    package private(set) var called: UInt64

    /// Tokens, in thousandths of an entry; the held ones are among them.
    private(set) var tokens: Int64 = 1_000
    private var burst = BurstAllowance()
    /// The turnstile's own time, which stands while it is paused.
    private var latest: Int64
    /// The owner's clock less the turnstile's own.
    private var stood: Int64 = 0
    private var isPaused = false
    /// The last number that has expired.
    private var expired: UInt64
    /// For each number after `expired`, when it is expected, and what became of it.
    private var places = PlaceStates()
    private var holds: HoldWheel
    private(set) var returned = ReturnedNumbers()
    private(set) var attendance = Attendance()
    /// Until this tick every number that is called counts as expected: before, none could return.
    private var excused = Int64.min
    /// The numbers called before a restart, of which nobody knows who has come.
    private var earlier = EarlierCalls()
    /// The last number called, sampled ten times a second, oldest first.
    private var marks: [CallMark] = []

    /// How long a number stays valid after it was called.
    package static var graceMilliseconds: Int64 { 120_000 }
    /// The longest wait for which a number is issued: an hour.
    private static var longestWaitSeconds: UInt64 { 3_600 }
    /// The maximum number waiting at once, whatever the pace.
    package static var maximumWaiting: UInt64 { 1_000_000 }
    /// The lateness that costs no place: a network, a person, a client that counts whole seconds.
    private static var toleranceMilliseconds: Int64 { 2_000 }

    package init(perSecond: UInt32, epoch: UInt64, at milliseconds: Int64) {
        self.perSecond = max(perSecond, 1)
        self.epoch = epoch
        issued = 0
        called = 0
        expired = 0
        latest = milliseconds
        holds = HoldWheel(at: HoldWheel.tick(of: milliseconds))
    }

    /// The number of issued numbers that are not called yet.
    package var waiting: UInt64 { issued - called }

    /// Whether a newcomer would get no number.
    package var isFull: Bool { !hasRoom }

    /// When the next number is called, on the clock of ``advance(to:)``, at the latest; `nil` if
    /// none waits. While none waits, time changes nothing that shows.
    package var nextCall: Int64? {
        guard waiting > 0 || returned.count > 0, !isPaused else { return nil }
        // A hold that ends may come before; a look each second finds that.
        return stood + latest + min(max((1_000 - free + pace - 1) / pace, 0), 1_000)
    }

    /// Tokens that are held for numbers that were called.
    var heldTokens: Int { holds.total }

    private var hasRoom: Bool {
        waiting < min(UInt64(perSecond) * Self.longestWaitSeconds, Self.maximumWaiting)
    }

    var pace: Int64 { Int64(perSecond) }

    /// What nobody took is kept for two seconds.
    private var maximumFree: Int64 { max(pace * 2_000, 1_000) }

    /// Thousandths of tokens that are not held; below zero where more came than was expected.
    private var free: Int64 {
        tokens - Int64(Double(holds.total) * 1_000 * attendance.share)
    }

    private func index(of number: UInt64) -> Int { Int(number - expired - 1) }
}

// MARK: Arrivals

extension Turnstile {
    /// An arrival without a valid number.
    package mutating func arrive(at milliseconds: Int64) -> Admission {
        advance(to: milliseconds)
        if waiting == 0, returned.count == 0, free >= 1_000, !burst.isUsedUp {
            tokens -= 1_000
            burst.use()
            return .admitted
        }
        guard hasRoom else { return .full }
        issued += 1
        let place = place(of: issued)
        places.append(PlaceState(expectedUntil: lastMoment(after: place.retryAfterMilliseconds)))
        return .waiting(place)
    }

    /// An arrival with a number. A number that was never issued, has expired or was used is
    /// invalid.
    package mutating func arrive(with number: UInt64, at milliseconds: Int64) -> Admission {
        advance(to: milliseconds)
        guard isValid(number) else { return arrive(at: milliseconds) }
        guard number <= called else {
            let place = place(of: number)
            places[index(of: number)].expect(
                until: lastMoment(after: place.retryAfterMilliseconds))
            return .waiting(place)
        }
        return claim(number)
    }

    /// Issues numbers to participants who have not come for them yet.
    /// - Parameter pause: milliseconds within which they are to come.
    package mutating func issue(
        _ count: UInt64, returningWithin pause: Int64, at milliseconds: Int64
    ) {
        advance(to: milliseconds)
        guard count > 0 else { return }
        issued += count
        places.append(
            PlaceState(expectedUntil: lastMoment(after: pause)), count: Int(count))
    }

    /// Whether a number was issued, has not expired and was not used. Constant time.
    package func isValid(_ number: UInt64) -> Bool {
        number > expired && number <= issued && !places[index(of: number)].isUsed
    }

    /// An entry was let in with a number while there was no pace: the number has been used.
    package mutating func use(_ number: UInt64) {
        guard isValid(number) else { return }
        _ = releaseHold(of: number)
        places[index(of: number)].isUsed = true
    }

    /// Whether a number is no longer valid, used or not.
    package func hasExpired(_ number: UInt64) -> Bool { number <= expired }

    /// A called number has come: it has a token, or stands in line for the next.
    private mutating func claim(_ number: UInt64) -> Admission {
        if burst.isUsedUp { return putOff(number) }
        if releaseHold(of: number) || releaseEarlierHold(of: number) {
            attendance.addArrival()
            // More may be held than there is: then those who are here already go first.
            let isCovered = tokens >= Int64(holds.total + 1) * 1_000
            if isCovered || tokens >= Int64(returned.count + 1) * 1_000 { return admit(number) }
        }
        if !places[index(of: number)].isReturned {
            places[index(of: number)].isReturned = true
            returned.insert(number)
        }
        let place = place(of: number)
        places[index(of: number)].expect(
            until: lastMoment(after: place.retryAfterMilliseconds))
        serve()
        if releaseHold(of: number) { return admit(number) }
        if free < 0, tokens >= 1_000, returned.first == number {
            returned.removeFirst()
            places[index(of: number)].isReturned = false
            return admit(number)
        }
        return .waiting(place)
    }

    private mutating func admit(_ number: UInt64) -> Admission {
        places[index(of: number)].isUsed = true
        tokens -= 1_000
        burst.use()
        return .admitted
    }

    /// A called number has come with too many others: it keeps its token, or its place in line.
    private mutating func putOff(_ number: UInt64) -> Admission {
        let isHeld = releaseHold(of: number)
        let isEarlier = number <= earlier.last && earlier.held > 0
        if !isHeld, !isEarlier, !places[index(of: number)].isReturned {
            places[index(of: number)].isReturned = true
            returned.insert(number)
        }
        let place = place(of: number)
        let until = lastMoment(after: place.retryAfterMilliseconds)
        places[index(of: number)].expect(until: until)
        if isHeld { hold(number, until: until) }
        return .waiting(place)
    }

    /// The tick until which one is expected who is to return after this pause.
    private func lastMoment(after pause: Int64) -> Int64 {
        let moment = latest + pause + pause / 8 + Self.toleranceMilliseconds
        return min(HoldWheel.tick(endOf: moment), holds.last)
    }

    // MARK: Holds

    /// - Returns: `false` if no token is held for this number.
    private mutating func releaseHold(of number: UInt64) -> Bool {
        let index = index(of: number)
        guard places[index].isHeld else { return false }
        places[index].isHeld = false
        let until = places[index].expectedUntil(near: holds.current)
        guard until >= holds.current else { return false }
        holds.remove(until: until)
        return true
    }

    /// The same for one that was called before a restart.
    private mutating func releaseEarlierHold(of number: UInt64) -> Bool {
        guard number <= earlier.last, earlier.held > 0 else { return false }
        earlier.held -= 1
        holds.remove(until: earlier.until)
        return true
    }

    private mutating func hold(_ number: UInt64, until tick: Int64) {
        let index = index(of: number)
        let until = min(tick, holds.last)
        places[index].expect(until: until)
        places[index].isHeld = true
        holds.add(until: until)
    }
}

// MARK: Time

extension Turnstile {
    /// Adds the tokens for the time that has passed, passes on those of participants who are late,
    /// and calls numbers for what is free.
    package mutating func advance(to milliseconds: Int64) {
        let passed = milliseconds - stood - latest
        guard !isPaused, passed > 0 else { return }
        latest += passed
        let gained = pace * min(passed, Self.graceMilliseconds)
        tokens += gained
        burst.add(gained, pace: pace)
        if waiting > 0 { attendance.addTokens(Double(gained) / 1_000) }
        var absent = holds.advance(to: HoldWheel.tick(of: latest))
        if earlier.held > 0, earlier.until < holds.current {
            // Most of them had come before the restart.
            absent -= earlier.held
            earlier.held = 0
        }
        attendance.addAbsent(absent)
        serve()
        tokens = min(tokens, Int64(holds.total) * 1_000 + maximumFree)
        markIfDue()
    }

    /// Holds what is free for those who have returned, the lowest first, then for the next numbers.
    private mutating func serve() {
        while free >= 1_000, let number = returned.first {
            returned.removeFirst()
            places[index(of: number)].isReturned = false
            let until = places[index(of: number)].expectedUntil(near: holds.current)
            if until >= holds.current { hold(number, until: until) }
        }
        while called < issued, free >= 1_000 {
            called += 1
            let expected = places[index(of: called)].expectedUntil(near: holds.current)
            let until = max(expected, excused)
            attendance.addCall()
            if until >= holds.current { hold(called, until: until) }
        }
    }

    /// Samples the last number called ten times a second, and expires old numbers.
    private mutating func markIfDue() {
        if let last = marks.last, latest - last.at < 100 { return }
        attendance.decay()
        marks.append(CallMark(at: latest, called: called))
        dropLateReturns()
        while let oldest = marks.first, oldest.at <= latest - Self.graceMilliseconds {
            // One that waits for a token stays valid however long that takes.
            if let number = returned.first, number <= oldest.called { return }
            places.removeFirst(Int(oldest.called - expired))
            expired = oldest.called
            marks.removeFirst()
        }
    }

    /// Those in front that have not come again are no longer in line.
    private mutating func dropLateReturns() {
        while let number = returned.first,
            places[index(of: number)].expectedUntil(near: holds.current) < holds.current
        {
            returned.removeFirst()
            places[index(of: number)].isReturned = false
        }
    }

    /// Changes the pace. Tokens that are held stay so: more is never admitted than the paces have
    /// given.
    package mutating func setPace(
        _ perSecond: UInt32, spreadingBursts: Bool = false, at milliseconds: Int64
    ) {
        advance(to: milliseconds)
        burst.isInForce = spreadingBursts
        self.perSecond = max(perSecond, 1)
        tokens = min(tokens, Int64(holds.total) * 1_000 + maximumFree)
    }

    /// Lets the turnstile's time stand: nobody can be admitted, and nobody is late.
    package mutating func pause(at milliseconds: Int64) {
        advance(to: milliseconds)
        isPaused = true
    }

    /// Lets its time go on. Participants were told another time to return meanwhile.
    package mutating func resume(at milliseconds: Int64) {
        guard isPaused else { return }
        isPaused = false
        stood = milliseconds - latest
        excuse()
    }

    /// The pace is lifted: calls everybody, and stands until there is a pace again.
    package mutating func callAll(at milliseconds: Int64) {
        pause(at: milliseconds)
        called = issued
        marks.append(CallMark(at: latest, called: called))
    }

    /// Nobody could return for a while: whoever waits counts as expected for long enough.
    private mutating func excuse() {
        excused = lastMoment(after: longestRetryMilliseconds)
    }
}

// MARK: A restart

extension Turnstile {
    /// Goes on where an earlier process ended: with its numbers, and as if the pace had gone on
    /// meanwhile, for ten seconds at most.
    /// - Parameters:
    ///   - recorded: the last counters on record.
    ///   - elapsed: milliseconds since then.
    package init(
        restoring recorded: QueueCounters, elapsed: Int64, perSecond: UInt32,
        at milliseconds: Int64
    ) {
        self.init(perSecond: perSecond, epoch: recorded.epoch, at: milliseconds)
        issued = recorded.issued
        let missed = pace * min(max(elapsed, 0), Self.maximumMissedMilliseconds)
        called = min(
            max(recorded.maximumCalled, recorded.called + UInt64(missed / 1_000)), issued)
        if elapsed > Self.graceMilliseconds { called = issued }
        // Some of those called lately may still come.
        let valid = min(
            called, max(UInt64(pace) * 120, Self.minimumValid), Self.maximumWaiting)
        expired = called - valid
        places.append(PlaceState(expectedUntil: holds.current - 1), count: Int(issued - expired))
        marks.append(CallMark(at: latest, called: called))
        excuse()
        guard elapsed <= Self.graceMilliseconds else { return }
        earlier = EarlierCalls(
            last: called, held: Int(min(called - recorded.called + recorded.held, valid)),
            until: excused)
        if earlier.held > 0 { holds.add(earlier.held, until: excused) }
        // With the fraction that was not recorded: no turn is put off by it.
        tokens = Int64(earlier.held) * 1_000 + missed % 1_000 + 999
    }

    private static var maximumMissedMilliseconds: Int64 { 10_000 }
    private static var minimumValid: UInt64 { 1_000 }
}

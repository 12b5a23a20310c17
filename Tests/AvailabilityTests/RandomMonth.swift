import Availability
import TestSupport
import Time

/// A month of chance: outages, gaps, maintenance, suspensions, corrections, in any order and over
/// each other; the same facts for ``PlainMonth`` and for the module.
struct RandomMonth {
    let month: CivilMonth
    let localTime: LocalTime
    private(set) var plain: PlainMonth
    private(set) var facts: ServiceFacts
    private(set) var now: Timestamp
    private var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        month = CivilMonth(
            Int64.random(in: 2_020...2_040, using: &random), .random(in: 1...12, using: &random))
        let isParis = Int.random(in: 0..<3, using: &random) > 0
        localTime = isParis ? Paris.localTime : .utc
        plain = PlainMonth(month) { seconds in
            guard isParis else { return 0 }
            let time = Timestamp(milliseconds: seconds * 1_000)
            let year = time.civil.year
            let isSummer = time >= Paris.summerStarts(year) && time < Paris.summerEnds(year)
            return isSummer ? 7_200 : 3_600
        }
        facts = ServiceFacts(
            contract: utc(2_000, 1, 1)..<utc(2_100, 1, 1), platform: MinuteHistory())
        now = utc(2_050, 1, 1)
        chooseEnds()
        measure()
        loseOwn()
        correct()
        plan()
        suspend()
    }

    private mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
        .random(in: range, using: &random)
    }

    private mutating func chance(_ oneIn: Int64) -> Bool { number(1...oneIn) == 1 }

    /// A second of the month, or shortly before or after it.
    private mutating func second() -> Int64 {
        number(plain.minutes.lowerBound * 60 - 90_000...plain.minutes.upperBound * 60 + 90_000)
    }

    private func time(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: seconds * 1_000) }

    private mutating func chooseEnds() {
        plain.contract = .init(starts: 946_684_800, ends: 4_102_444_800)
        if chance(4) { plain.contract.starts = second() }
        if chance(8) { plain.contract.ends = max(plain.contract.starts, second()) }
        facts.contract = time(plain.contract.starts)..<time(plain.contract.ends)
        plain.now = 2_524_608_000
        if chance(3) { plain.now = second() }
        now = time(plain.now)
    }

    private mutating func measure() {
        var minute = plain.minutes.lowerBound + (chance(3) ? number(0...20_000) : -number(0...100))
        let end = plain.minutes.upperBound + number(-2_000...100)
        while minute < end {
            if chance(5) { minute += number(1...200) }
            let state: MinuteState =
                chance(3) ? (chance(4) ? .unmeasured : .notAccessible) : .accessible
            let length = state == .accessible ? number(1...6_000) : number(1...300)
            for next in minute..<minute + length {
                record(state, at: next, of: \.platform) { $0.measured[$1] = state }
            }
            minute += length
        }
    }

    private mutating func loseOwn() {
        var minute = plain.minutes.lowerBound
        for _ in 0..<number(0...20) {
            minute += number(1...4_000)
            for next in minute..<minute + number(1...20) {
                record(.notAccessible, at: next, of: \.own) { $0.ownLost[$1] = true }
                minute = next + 1
            }
        }
    }

    private mutating func record(
        _ state: MinuteState, at number: Int64,
        of history: WritableKeyPath<ServiceFacts, MinuteHistory>,
        _ note: (inout PlainMonth, Int) -> Void
    ) {
        _ = facts[keyPath: history].record(state, at: Minute(number: number))
        let index = Int(number - plain.minutes.lowerBound)
        if plain.minutes.contains(number) { note(&plain, index) }
    }

    private mutating func correct() {
        for _ in 0..<number(0...6) {
            let first = second() / 60
            let range = first..<first + number(1...3_000)
            let finding = Correction.Finding.allCases.randomElement(using: &random) ?? .accessible
            let isOwn = chance(2)
            do {
                facts.corrections.append(
                    try Correction(
                        Minute(number: range.lowerBound)..<Minute(number: range.upperBound),
                        are: finding, client: isOwn ? "acme" : nil, author: "anne",
                        reason: "chance", recordedAt: utc(2_060, 1, 1)))
                plain.corrections.append(
                    .init(minutes: range, finding: finding, isOwn: isOwn))
            } catch {
                preconditionFailure("it is one that can be recorded: \(error)")
            }
        }
    }

    private mutating func period() -> PlainMonth.Period {
        var starts = second()
        var length = number(1...10_000)
        if chance(3) { length = number(1...150) }
        if chance(6) { length = number(1...400_000) }
        if chance(3) {
            starts -= starts % 60
            length -= length % 60
        }
        return .init(starts: starts, ends: starts + length)
    }

    private mutating func plan() {
        for _ in 0..<number(0...7) {
            var period = period()
            let isScheduled = chance(2)
            // Some meet the one before.
            if chance(3), let last = facts.maintenance.last {
                let length = period.ends - period.starts
                period.starts = last.ends.milliseconds / 1_000
                period.ends = period.starts + length
            }
            if isScheduled {
                plain.scheduled.append(period)
            } else {
                plain.emergency.append(period)
            }
            facts.maintenance.append(
                MaintenancePeriod(
                    kind: isScheduled ? .scheduled : .emergency, starts: time(period.starts),
                    ends: time(period.ends)))
        }
    }

    private mutating func suspend() {
        for _ in 0..<number(0...5) {
            let period = period()
            let isFault = chance(3)
            if isFault {
                plain.faults.append(period)
            } else {
                plain.otherSuspensions.append(period)
            }
            facts.suspensions.append(
                .init(
                    starts: time(period.starts), ends: time(period.ends),
                    isOperatorsFaultAlone: isFault))
        }
    }
}

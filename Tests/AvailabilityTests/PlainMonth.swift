import Availability
import Time

/// A month reckoned minute by minute from lists of facts: no sets, no runs, no merging. What the
/// module says is held against it.
struct PlainMonth {
    /// Seconds since 1970; all facts of a scenario are in whole seconds.
    struct Period {
        var starts: Int64
        var ends: Int64
    }

    struct Correcting {
        var minutes: Range<Int64>
        var finding: Correction.Finding
        /// Whether it is for the client alone.
        var isOwn: Bool
    }

    struct Figures: Equatable {
        var pc: Int64 = 0
        var ds: Int64 = 0
        var unmeasured: Int64 = 0

        mutating func count(_ state: MinuteState) {
            pc += 1
            if state == .accessible { ds += 1 }
            if state == .unmeasured { unmeasured += 1 }
        }
    }

    /// The month's minutes, by the date that a local clock shows.
    let minutes: Range<Int64>
    var contract: Period
    var now: Int64
    /// What was measured in each minute, from the month's first.
    var measured: [MinuteState]
    var ownLost: [Bool]
    var corrections: [Correcting] = []
    var scheduled: [Period] = []
    var emergency: [Period] = []
    var faults: [Period] = []
    var otherSuspensions: [Period] = []

    /// - Parameter offsetSeconds: of a moment, in seconds since 1970.
    init(_ month: CivilMonth, offsetSeconds: (Int64) -> Int64) {
        func isInMonth(_ minute: Int64) -> Bool {
            let seconds = minute * 60 + offsetSeconds(minute * 60)
            let civil = Timestamp(milliseconds: seconds * 1_000).civil
            return civil.year == month.year && civil.month == month.month
        }
        var first = CivilDay(month.year, month.month, 1).number * 1_440 - 2_880
        while !isInMonth(first) { first += 1 }
        var end = first
        while isInMonth(end) { end += 1 }
        minutes = first..<end
        contract = Period(starts: 0, ends: .max)
        now = .max
        measured = Array(repeating: .unmeasured, count: minutes.count)
        ownLost = Array(repeating: false, count: minutes.count)
    }

    /// For each minute, the seconds of it that periods cover, a bit each.
    private func seconds(_ periods: [Period]) -> [UInt64] {
        var masks = Array(repeating: UInt64(0), count: minutes.count)
        for period in periods where period.starts < period.ends {
            let first = max(period.starts, minutes.lowerBound * 60)
            let end = min(period.ends, minutes.upperBound * 60)
            var second = first
            while second < end {
                let index = Int(second / 60 - minutes.lowerBound)
                if second % 60 == 0, second + 60 <= end {
                    masks[index] = Self.wholeMinute
                    second += 60
                } else {
                    masks[index] |= 1 << UInt64(second % 60)
                    second += 1
                }
            }
        }
        return masks
    }

    private static let wholeMinute: UInt64 = (1 << 60) - 1

    struct Result {
        var a = Figures()
        var b = Figures()
        var raw = Figures()
        var excluded: [Int64] = [0, 0, 0]
        /// PC of the whole month.
        var monthPC: (a: Int64, b: Int64) = (0, 0)
    }

    var result: Result {
        let planned = seconds(scheduled)
        let sudden = seconds(emergency)
        let fault = seconds(faults)
        let other = seconds(otherSuspensions)
        let corrected = correctedStates()
        var result = Result()
        for index in measured.indices {
            let starts = (minutes.lowerBound + Int64(index)) * 60
            guard starts >= contract.starts, starts < contract.ends else { continue }
            let maintenance = planned[index] | sudden[index]
            let excused = maintenance | (other[index] & ~fault[index])
            let isOutA = maintenance == Self.wholeMinute
            let isOutB = excused == Self.wholeMinute
            if !isOutA { result.monthPC.a += 1 }
            if !isOutB { result.monthPC.b += 1 }
            guard starts + 60 <= now else { continue }
            let isSuspended = fault[index] | other[index] != 0
            let asFound = ownLost[index] ? .notAccessible : measured[index]
            result.raw.count(isSuspended ? .notAccessible : asFound)
            if !isOutA { result.a.count(isSuspended ? .notAccessible : corrected[index]) }
            if !isOutB { result.b.count(fault[index] != 0 ? .notAccessible : corrected[index]) }
            if planned[index] == Self.wholeMinute {
                result.excluded[0] += 1
            } else if isOutA {
                result.excluded[1] += 1
            } else if isOutB {
                result.excluded[2] += 1
            }
        }
        return result
    }

    /// What the probes should have found, then what the client lost by itself, then what was
    /// corrected for it alone.
    private func correctedStates() -> [MinuteState] {
        let probed = states(measured, correctedBy: corrections.filter { !$0.isOwn })
        let forClient = probed.indices.map { ownLost[$0] ? .notAccessible : probed[$0] }
        return states(forClient, correctedBy: corrections.filter(\.isOwn))
    }

    private func states(
        _ found: [MinuteState], correctedBy corrections: [Correcting]
    ) -> [MinuteState] {
        var states = found
        for correction in corrections {
            for minute in correction.minutes.clamped(to: minutes) {
                let index = Int(minute - minutes.lowerBound)
                switch correction.finding {
                case .accessible: states[index] = .accessible
                case .notAccessible: states[index] = .notAccessible
                case .unmeasured: states[index] = .unmeasured
                case .asMeasured: states[index] = found[index]
                }
            }
        }
        return states
    }
}

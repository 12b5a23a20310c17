/// The minutes of a service, or those of one client's own, as they were recorded: each once, in
/// order, never changed afterwards. What turns out to be wrong is set right by a ``Correction``.
///
/// Kept as runs of equal minutes, a 16-bit word each: a month of one state takes three words (6
/// bytes), and the worst month, another state each minute, 87 KiB. The last ``maximumMinutes``
/// are kept, more than a year (C15); the log has all of them.
package struct MinuteHistory: Equatable, Sendable {
    /// The first minute that is kept.
    package private(set) var start: Minute
    /// The first minute that is not recorded yet.
    package private(set) var end: Minute
    /// The runs from ``start`` to ``end``: the state in the two upper bits, the length below.
    private var runs: [UInt16] = []

    /// 400 days.
    package static var maximumMinutes: Int64 { 576_000 }
    private static var maximumRun: UInt16 { 0x3FFF }

    package init() {
        start = Minute(number: 0)
        end = Minute(number: 0)
    }

    /// Records the state of a minute; those since the last one are unmeasured. What is older than
    /// ``maximumMinutes`` is forgotten.
    /// - Returns: false, with nothing changed, where the minute has been recorded already.
    /// - Complexity: O(1) amortized, but for forgetting, which is linear in the runs.
    package mutating func record(_ state: MinuteState, at minute: Minute) -> Bool {
        if runs.isEmpty {
            start = minute
            end = minute
        }
        guard minute >= end else { return false }
        if minute.number - end.number >= Self.maximumMinutes {
            // Nothing that is kept would be left.
            self = MinuteHistory()
            start = minute
            end = minute
        }
        append(.unmeasured, minute.number - end.number)
        append(state, 1)
        // With slack, so that the runs are moved once a day and not each minute.
        let slack: Int64 = 1_440
        if end.number - start.number > Self.maximumMinutes + slack {
            removeMinutes(before: end.advanced(by: -Self.maximumMinutes))
        }
        return true
    }

    /// Forgets what is before a minute.
    package mutating func removeMinutes(before minute: Minute) {
        guard minute > start else { return }
        guard minute < end else {
            self = MinuteHistory()
            return
        }
        var excess = minute.number - start.number
        var removed = 0
        while excess > 0 {
            let run = runs[removed]
            let length = Self.length(of: run)
            if length > excess {
                runs[removed] = run - UInt16(excess)
                excess = 0
            } else {
                excess -= length
                removed += 1
            }
        }
        runs.removeFirst(removed)
        start = minute
    }

    /// The minutes of a span with this state. Minutes that are not kept, or not recorded yet, are
    /// in no state.
    /// - Complexity: linear in the runs.
    package func minutes(_ state: MinuteState, in span: Range<Minute>) -> RangeSet<Minute> {
        var found: [Range<Minute>] = []
        var first = start
        for run in runs {
            let next = first.advanced(by: Self.length(of: run))
            if first >= span.upperBound { break }
            if Self.state(of: run) == state {
                let part = (first..<next).clamped(to: span)
                if !part.isEmpty { found.append(part) }
            }
            first = next
        }
        return RangeSet(found)
    }

    /// The bytes that the runs take.
    package var byteCount: Int { runs.count * 2 }

    // MARK: Runs

    private mutating func append(_ state: MinuteState, _ count: Int64) {
        var remaining = count
        if remaining > 0, let last = runs.last, Self.state(of: last) == state {
            let added = min(remaining, Int64(Self.maximumRun) - Self.length(of: last))
            runs[runs.count - 1] += UInt16(added)
            remaining -= added
        }
        while remaining > 0 {
            let length = min(remaining, Int64(Self.maximumRun))
            runs.append(Self.code(of: state) | UInt16(length))
            remaining -= length
        }
        end = end.advanced(by: count)
    }

    private static func code(of state: MinuteState) -> UInt16 {
        switch state {
        case .unmeasured: 0
        case .accessible: 0x4000
        case .notAccessible: 0x8000
        }
    }

    private static func length(of run: UInt16) -> Int64 { Int64(run & maximumRun) }

    /// `nil` for a word that is none.
    private static func state(of run: UInt16) -> MinuteState? {
        MinuteState.allCases.first { code(of: $0) == run & ~maximumRun }
    }
}

/// JSON holds the first minute and the words.
extension MinuteHistory: Codable {
    private enum CodingKeys: String, CodingKey {
        case start, runs
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        start = try members.decode(Minute.self, forKey: .start)
        end = start
        runs = try members.decode([UInt16].self, forKey: .runs)
        for run in runs {
            guard Self.state(of: run) != nil, Self.length(of: run) > 0 else {
                throw DecodingError.dataCorruptedError(
                    forKey: .runs, in: members, debugDescription: "Must be a state and a length.")
            }
            end = end.advanced(by: Self.length(of: run))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(start, forKey: .start)
        try members.encode(runs, forKey: .runs)
    }
}

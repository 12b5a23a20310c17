package import Availability
package import Time

/// The minutes on record, and the reports of probes that may still be joined by others (C10).
///
/// Several probes report the same minute, and one whose gateway was away reports it late. So a
/// report waits for ``LedgerLimits/lateMinutes`` before its minute enters the history, which only
/// grows; until then the minute's state is made of the reports that are there.
package struct MinuteTable: Equatable, Sendable {
    /// What is settled: minutes of all clients, those of one client alone. Corrections of them are
    /// kept in ``ServiceTable/minutes``.
    private var recorded = RecordedMinutes()
    /// By slot. A probe that has not reported for so long that none of its reports waits loses its
    /// slot where another one needs it.
    private var slots: [Probe] = []
    /// In order of minute, then of slot; at most one of a minute and a slot.
    private var reports: [Report] = []

    package struct Probe: Equatable, Codable, Sendable {
        package let name: String
        package fileprivate(set) var lastMinute: Minute
        package fileprivate(set) var reportedAt: Timestamp
        /// When a person said that it measures no more; `nil` where it has reported since.
        fileprivate var removedAt: Timestamp?

        private enum CodingKeys: String, CodingKey {
            case name
            case lastMinute = "last_minute"
            case reportedAt = "reported_at"
            case removedAt = "removed_at"
        }
    }

    /// What one probe found in a minute, by the rule at the time of its report: a change of the
    /// rule changes nothing that was found before.
    fileprivate struct Report: Equatable, Sendable, BitwiseCopyable {
        let minute: Minute
        let slot: UInt8
        let tally: ProbeTally
        let state: MinuteState

        var order: (Minute, UInt8) { (minute, slot) }
    }

    // MARK: Reading

    /// Those that report, as far as anybody knows.
    package var probes: [Probe] { slots.filter { $0.removedAt == nil } }

    /// What the probes found, the minutes that are not settled included.
    /// - Complexity: linear in what is kept.
    package func platform(_ rule: MinuteRule) -> MinuteHistory {
        var history = recorded.platform
        Self.forEachMinute(of: reports[...], rule) { minute, state in
            // Each follows the ones before it.
            _ = history.record(state, at: minute)
        }
        return history
    }

    /// The first minute behind the last one that as many probes have reported as must have measured
    /// it.
    /// - Parameter over: the first minute that is not over. At most
    ///   ``LedgerLimits/reportMinutes`` before it are waited for.
    package func reportedEnd(_ rule: MinuteRule, at over: Minute) -> Minute {
        for back in 1...LedgerLimits.reportMinutes {
            let minute = over.advanced(by: -back)
            let count = reports.reversed().prefix { $0.minute >= minute }
                .count { $0.minute == minute }
            if count >= rule.minimumProbes { return minute.advanced(by: 1) }
        }
        return over.advanced(by: -LedgerLimits.reportMinutes)
    }

    /// The minutes that were lost for a client alone.
    package func lost(for client: String) -> MinuteHistory { recorded.lost(for: client) }

    // MARK: Recording

    /// Records a report.
    /// - Parameter rule: says what the tally means.
    mutating func record(
        _ report: ProbeMinute, _ rule: MinuteRule, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        guard Identifier.isValid(report.probe) else { throw .invalidIdentifier(of: "probe") }
        guard (1...LedgerLimits.probeAttempts).contains(report.tally.attempts) else {
            throw .invalid(
                pointer: "/attempts", detail: "must be from 1 to \(LedgerLimits.probeAttempts)")
        }
        let first = try firstMinute(allowing: report.minute, at: time)
        let slot = try slot(of: report.probe, first)
        let found = Report(
            minute: report.minute, slot: slot, tally: report.tally,
            state: rule.state(of: report.tally))
        let index = position(of: found)
        if slot < slots.count, slots[Int(slot)].name == report.probe, index < reports.count,
            reports[index].order == found.order
        {
            guard reports[index].tally == report.tally else {
                throw .minute(.reported(probe: report.probe, minute: report.minute))
            }
            return .none
        }
        settle(before: first, rule)
        add(found, report.probe, at: time)
        return .recorded
    }

    /// Records that a minute was not accessible for one client alone.
    mutating func record(
        _ lost: LostMinute, _ clients: ClientTable, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        guard clients.has(lost.client) else { throw .noClient(lost.client) }
        guard lost.isPlausible else {
            throw .invalid(pointer: "", detail: "must be a possible measurement")
        }
        _ = try firstMinute(allowing: lost.minute, at: time)
        return recorded.recordLost(at: lost.minute, for: lost.client) ? .recorded : .none
    }

    /// Removes a probe until it reports again. Its reports stay, and its slot with them.
    mutating func remove(
        probe: String, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        guard Identifier.isValid(probe) else { throw .invalidIdentifier(of: "probe") }
        guard let slot = slots.firstIndex(where: { $0.name == probe }),
            slots[slot].removedAt == nil
        else { return .none }
        slots[slot].removedAt = time
        return .recorded
    }

    /// - Returns: the first minute that is recorded at this time.
    private func firstMinute(
        allowing minute: Minute, at time: Timestamp
    ) throws(CommandRefusal) -> Minute {
        let ends = minute.advanced(by: 1).starts
        guard ends <= time else { throw .minute(.notOver(ends: ends)) }
        let first = Minute(containing: time).advanced(by: -LedgerLimits.lateMinutes)
        guard minute >= first else { throw .minute(.tooLate(first: first)) }
        return first
    }

    /// The probe's slot, or the one that it gets.
    /// - Parameter first: no report of a probe that reported before it can wait.
    private func slot(of probe: String, _ first: Minute) throws(CommandRefusal) -> UInt8 {
        if let slot = slots.firstIndex(where: { $0.name == probe }) { return UInt8(slot) }
        let limit = LedgerLimits.probes
        if slots.count < limit { return UInt8(slots.count) }
        guard let slot = slots.firstIndex(where: { $0.reportedAt < first.starts }) else {
            throw .limitReached(name: "probes that report", limit: limit)
        }
        return UInt8(slot)
    }

    private mutating func add(_ report: Report, _ name: String, at time: Timestamp) {
        let slot = Int(report.slot)
        if slot == slots.count {
            slots.append(Probe(name: name, lastMinute: report.minute, reportedAt: time))
        } else if slots[slot].name == name {
            slots[slot].lastMinute = max(slots[slot].lastMinute, report.minute)
            slots[slot].reportedAt = time
            slots[slot].removedAt = nil
        } else {
            // What the slot's last probe reported is settled.
            slots[slot] = Probe(name: name, lastMinute: report.minute, reportedAt: time)
        }
        reports.insert(report, at: position(of: report))
    }

    /// Where a report stands, or belongs.
    private func position(of report: Report) -> Int {
        var low = 0
        var high = reports.count
        while low < high {
            let middle = (low + high) / 2
            if reports[middle].order < report.order { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Moves the minutes before this one into the history.
    private mutating func settle(before minute: Minute, _ rule: MinuteRule) {
        let end = reports.firstIndex { $0.minute >= minute } ?? reports.count
        if end == 0 { return }
        let settled = Array(reports[..<end])
        reports.removeSubrange(..<end)
        Self.forEachMinute(of: settled[...], rule) { minute, state in
            // Nothing before a settled minute is taken any more: each follows the ones before it.
            _ = recorded.record(state, at: minute)
        }
    }

    private static func forEachMinute(
        of reports: ArraySlice<Report>, _ rule: MinuteRule, _ body: (Minute, MinuteState) -> Void
    ) {
        var rest = reports
        while let first = rest.first {
            let group = rest.prefix { $0.minute == first.minute }
            body(first.minute, rule.state(of: group.lazy.map(\.state)))
            rest = rest.dropFirst(group.count)
        }
    }

    // MARK: Storage

    /// Makes the storage this table's alone.
    mutating func detachStorage() {
        recorded.detachStorage()
        slots.reserveCapacity(slots.count + 1)
        reports.reserveCapacity(reports.count + 1)
    }
}

/// In JSON, a report is a list: minute, slot, attempts, failed, slow, state.
extension MinuteTable: Codable {
    private enum Member: String, CodingKey {
        case recorded, probes, reports
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        recorded = try members.decode(RecordedMinutes.self, forKey: .recorded)
        slots = try members.decode([Probe].self, forKey: .probes)
        for numbers in try members.decode([[Int64]].self, forKey: .reports) {
            guard let report = Report(numbers), report.slot < slots.count,
                reports.last.map({ $0.order < report.order }) ?? true
            else {
                throw DecodingError.dataCorruptedError(
                    forKey: .reports, in: members, debugDescription: "Must be reports in order.")
            }
            reports.append(report)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(recorded, forKey: .recorded)
        try members.encode(slots, forKey: .probes)
        try members.encode(reports.map(\.numbers), forKey: .reports)
    }
}

extension MinuteTable.Report {
    fileprivate init?(_ numbers: [Int64]) {
        guard numbers.count == 6, let slot = UInt8(exactly: numbers[1]),
            let attempts = UInt32(exactly: numbers[2]), let failed = UInt32(exactly: numbers[3]),
            let slow = UInt32(exactly: numbers[4]),
            let tally = ProbeTally(attempts: attempts, failed: failed, slow: slow),
            let index = Int(exactly: numbers[5]), MinuteState.allCases.indices.contains(index)
        else { return nil }
        self.init(
            minute: Minute(number: numbers[0]), slot: slot, tally: tally,
            state: MinuteState.allCases[index])
    }

    fileprivate var numbers: [Int64] {
        // Every state is among all of them.
        let index = MinuteState.allCases.firstIndex(of: state) ?? 0
        return [
            minute.number, Int64(slot), Int64(tally.attempts), Int64(tally.failed),
            Int64(tally.slow), Int64(index),
        ]
    }
}

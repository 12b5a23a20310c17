internal import Availability
internal import Contract
internal import Ledger
internal import Logging
internal import Time

/// Lines of what was measured or found, and of starts.
extension EventLine {
    init(_ fact: Fact) {
        switch fact {
        case .started(let version, let policy, let calendar):
            self.init(.info, "start recorded", [:])
            add("version", version)
            if let policy { add(policy) }
            add("time_zone", calendar?.timeZone)
            add("holidays", calendar?.holidays.rawValue)
        case .measured(let report): self.init(report, before: report.level)
        case .unknownSource(let surge):
            self.init(.warning, "undeclared campaign tag brings a surge", [:])
            add("operation", surge.operation)
            add("source", surge.source)
            add("entries", surge.entries)
            add("window_seconds", surge.windowSeconds)
            add("undeclared_entries", surge.undeclaredEntries)
            add("share", Double(surge.permille) / 1_000)
        case .rise(let rise):
            self.init(.warning, "entries rise beyond what was announced", [:])
            add("operation", rise.operation)
            add("entries", rise.entries)
            add("window_seconds", rise.windowSeconds)
        case .answered(let answered):
            self.init(.info, "answers counted while the operation was held", [:])
            add("operation", answered.operation)
            add("state", answered.state.rawValue)
            add("since", answered.since.rfc3339)
            add("until", answered.until.rfc3339)
            for verdict in AnsweredEntries.verdicts {
                add(verdict.name, answered[keyPath: verdict.count])
            }
        case .robots(let minute): self.init(minute)
        case .queue(let queue):
            self.init(.debug, "queue counters recorded", [:])
            add("operation", queue.operation)
            add("issued", queue.counters.issued)
            add("called", queue.counters.called)
        case .draw(let draw):
            self.init(
                draw.isOpening ? .notice : .debug,
                draw.isOpening
                    ? "places shuffled at the opening" : "places given before the opening", [:])
            add("operation", draw.operation)
            add("places", draw.draw.registered)
            add("seed", draw.draw.shuffle?.seed)
        case .probeMinute(let report):
            self.init(.warning, "a probe found too many attempts failed or slow", [:])
            add("probe", report.probe)
            add("minute", report.minute.starts.rfc3339)
            add("attempts", report.tally.attempts)
            add("failed", report.tally.failed)
            add("slow", report.tally.slow)
        case .lostMinute(let lost): self.init(lost)
        case .notAccepted(let entries):
            self.init(.debug, "entries that were not accepted", [:])
            add("operation", entries.operation)
            add("entries", entries.counts.total)
        case .level(let level):
            self.init(.notice, "all nodes know a format level", [:])
            add("level", level)
        }
        add("command", fact.name.rawValue)
    }
}

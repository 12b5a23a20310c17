/// What a run showed, for a terminal: plain text of at most ``columns`` columns; only the paths of
/// files may be longer, so that they can be copied.
struct RunSummary {
    static let columns = 100

    let report: RunReport
    /// Where the rest is written.
    let files: [String]
    let numbers = NumberFormat.terminal

    /// The summary, a line feed at its end. Colours say nothing that the words do not.
    func text(inColour: Bool = false) -> String {
        let ink = Ink(isOn: inColour)
        var blocks = [headline(ink)]
        if !report.expectations.isEmpty { blocks.append(expectations(ink)) }
        blocks.append(runner(ink))
        blocks += report.streams.map { stream($0, ink) }
        if let waits = report.gateway?.waits {
            blocks.append(Self.wrapped(waits.sentence(numbers)))
        }
        if !files.isEmpty {
            blocks.append(files.map { "Written: \($0.printableLine)" })
        }
        return blocks.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
    }

    private func headline(_ ink: Ink) -> [String] {
        let outcome = report.outcome
        let word = outcome.word.uppercased()
        let title = "\(report.scenario.title) (\(report.scenario.file))".printableLine
        let duration = numbers.decimal(report.durationSeconds, places: 1)
        let when = "\(report.started), \(duration) s, against \(report.target)".printableLine
        return [ink.outcome(word, outcome) + ": " + outcome.sentence]
            + Self.wrapped(title) + Self.wrapped(when)
    }

    private func expectations(_ ink: Ink) -> [String] {
        var table = TextTable(["", "of", "figure", "#found", "expected", "looked at"])
        for one in report.expectations {
            table.append([
                one.holds ? "✓ ok" : one.notJudged != nil ? "– not judged" : "✗ FAILED",
                one.subject, one.figure, one.foundText(numbers), one.bound, one.window ?? "",
            ])
        }
        let lines = table.lines(indent: 2, columns: Self.columns)
        let rows = zip(lines.dropFirst(), report.expectations).flatMap { line, one in
            if let reason = one.notJudged { return [line, "    not judged: \(reason)"] }
            return [one.holds ? line : ink.bad(line)] + (one.note.map { ["    " + $0] } ?? [])
        }
        return ["Expectations", lines[0]] + rows
    }

    private func runner(_ ink: Ink) -> [String] {
        let account = report.runner.account(over: report.durationSeconds, numbers)
        guard !report.runner.bottlenecks.isEmpty else { return Self.wrapped(account) }
        return [ink.warning("WARNING: \(RunnerReport.warning):")]
            + report.runner.bottlenecks.flatMap { sentence in
                Self.wrapped(sentence.printableLine, first: "  - ", rest: "    ")
            }
            + Self.wrapped(account, first: "  ", rest: "  ")
    }

    private func stream(_ stream: StreamReport, _ ink: Ink) -> [String] {
        let totals = stream.totals
        let title = "Stream \(stream.name), to operation \(stream.operation): \(stream.schedule)"
        let counts = [
            ("due", totals.due), ("sent", totals.sent), ("answered", totals.answered),
            ("retries", totals.retries), ("abandoned", totals.abandoned),
            ("unanswered", totals.unanswered), ("participants", totals.participants),
        ]
        var lines = Self.wrapped(title.printableLine)
        lines += list(
            "requests",
            counts.map { "\($0) \(numbers.count($1))" } + [
                "\(numbers.decimal(stream.answersPerSecond, places: 1)) answers a second"
            ])
        lines += list(
            "verdicts",
            totals.verdictsInOrder.map { name, count in
                "\(name.printableLine) \(numbers.count(count)) "
                    + "(\(numbers.share(count, of: totals.answered)))"
            })
        lines += list(
            "reasons",
            (totals.reasons ?? [:]).sorted { $0.key < $1.key }.map { name, count in
                "\(name.printableLine) \(numbers.count(count))"
            })
        lines += list(
            "errors",
            totals.errorsInOrder.map { "\($0.printableLine) \(numbers.count($1))" })
        if totals.duplicateNumbers > 0 {
            let count = numbers.count(totals.duplicateNumbers)
            lines.append(ink.bad("  DUPLICATE participant numbers: \(count)"))
        }
        return lines + percentiles(of: stream)
    }

    private func percentiles(of stream: StreamReport) -> [String] {
        var table = TextTable(
            ["milliseconds", "#answers", "#mean", "#p50", "#p90", "#p99", "#p99.9", "#max"])
        let rows = [("latency, from due", stream.latency), ("service, from send", stream.service)]
        for (name, times) in rows {
            let figures = [times.mean, times.p50, times.p90, times.p99, times.p999, times.max]
            table.append(
                [name, numbers.count(times.count)]
                    + figures.map {
                        times.count > 0 ? numbers.milliseconds($0) : NumberFormat.nothing
                    })
        }
        return table.lines(indent: 2, columns: Self.columns)
    }

    /// `  verdicts      accepted 29 000 (96.7 %), repeated 12 (< 0.1 %)`; nothing for none.
    private func list(_ name: String, _ items: [String]) -> [String] {
        guard !items.isEmpty else { return [] }
        let width = 12
        return Self.wrapped(
            pieces: items, separator: ", ",
            first: "  " + name + String(repeating: " ", count: width - name.count),
            rest: String(repeating: " ", count: width + 2))
    }

    private static func wrapped(
        _ text: String, first: String = "", rest: String = ""
    ) -> [String] {
        wrapped(
            pieces: text.split(separator: " ").map(String.init), separator: " ", first: first,
            rest: rest)
    }

    /// Lines of pieces that stay whole, unless one alone is longer than a line.
    static func wrapped(
        pieces: [String], separator: String, first: String, rest: String
    ) -> [String] {
        var lines: [String] = []
        var line = first
        var isEmpty = true
        for (index, piece) in pieces.enumerated() {
            let isLast = index == pieces.count - 1
            // What ends a line keeps its comma, and loses its space.
            let comma = isLast ? "" : String(separator.prefix { $0 != " " })
            var left = Substring(piece + comma)
            let gap = isEmpty ? 0 : 1
            if !isEmpty && line.count + gap + left.count > columns {
                lines.append(line)
                line = rest
                isEmpty = true
            }
            if !isEmpty { line += " " }
            while line.count + left.count > columns {
                let room = columns - line.count
                lines.append(line + left.prefix(room))
                left = left.dropFirst(room)
                line = rest
            }
            line += left
            isEmpty = false
        }
        return lines + [line]
    }
}

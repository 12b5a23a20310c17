/// What came of the run: the headline, the expectations, and whether the runner can be believed.
extension ReportPage {
    var headline: HTML {
        HTML("header") {
            HTML("h1") { report.scenario.title }
            HTML("p", ["class": "outcome \(outcomeClass)"]) {
                HTML("strong") { "\(symbol) \(report.outcome.word)" }
                ": \(report.outcome.sentence)"
                if !report.runner.bottlenecks.isEmpty {
                    ", but the runner itself was the bottleneck"
                }
            }
            if !failures.isEmpty {
                HTML("ul", ["class": "failures"]) {
                    for failure in failures { HTML("li") { sentence(failure) } }
                }
            }
            if !report.scenario.description.isEmpty {
                HTML("p", ["class": "description"]) { report.scenario.description }
            }
            HTML("p", ["class": "when"]) {
                "\(report.started), \(numbers.decimal(report.durationSeconds, places: 1)) s, "
                "against \(report.target)"
            }
        }
    }

    private var failures: [ExpectationOutcome] {
        report.expectations.filter { !$0.holds && $0.notJudged == nil }
    }

    private func sentence(_ failure: ExpectationOutcome) -> String {
        "\(failure.subject): \(failure.figure) should be \(failure.bound)"
            + (failure.window.map { " (\($0))" } ?? "")
            + (failure.found.map { ", was \(numbers.found($0))" } ?? ", nothing was measured")
    }

    private var symbol: String {
        switch report.outcome {
        case .passed: "✓"
        case .failed: "✗"
        case .undecided, .notJudged: "–"
        }
    }

    private var outcomeClass: String {
        switch report.outcome {
        case .passed: "passed"
        case .failed: "failed"
        case .undecided, .notJudged: "not-judged"
        }
    }

    /// A warning where the figures are not the gateway's; one line where they are.
    var runner: HTML {
        let account = report.runner.account(over: report.durationSeconds, numbers)
        return HTML("section", ["class": "runner", "aria-label": "The runner"]) {
            if report.runner.bottlenecks.isEmpty {
                HTML("p") { account }
            } else {
                HTML("div", ["class": "warning", "role": "note"]) {
                    HTML("p") {
                        HTML("strong") { "\(RunnerReport.warning):" }
                    }
                    HTML("ul") {
                        for sentence in report.runner.bottlenecks { HTML("li") { sentence } }
                    }
                    HTML("p") { account }
                }
            }
        }
    }

    var expectations: HTML {
        HTML("section") {
            HTML("h2") { "Expectations" }
            if report.expectations.isEmpty {
                HTML("p") { "The scenario expects nothing, so nothing was judged." }
            } else {
                HTMLTable(
                    columns: [
                        .text(""), .text("of"), .text("figure"), .number("found"),
                        .text("expected"), .text("looked at"),
                    ],
                    rows: report.expectations.map { one in
                        HTMLTable.Row(
                            [
                                mark(one), one.subject, one.figure, one.foundText(numbers),
                                one.bound, one.window ?? "the whole run",
                            ], one.holds || one.notJudged != nil ? .plain : .bad)
                    }
                ).html
            }
        }
    }

    private func mark(_ one: ExpectationOutcome) -> String {
        if let reason = one.notJudged { return "– not judged: \(reason)" }
        return (one.holds ? "✓ ok" : "✗ failed") + (one.note.map { ": " + $0 } ?? "")
    }

    /// Where and how, for who wants to do it again.
    var circumstances: HTML {
        HTML("section") {
            HTML("h2") { "Circumstances" }
            HTML("dl") {
                fact("scenario", report.scenario.file)
                fact("began", report.started)
                fact("duration", "\(numbers.decimal(report.durationSeconds, places: 1)) s")
                fact("target", report.target)
                fact("admin listener", report.admin ?? "not asked")
                fact("runner’s machine", report.machine.sentence)
                for (name, called) in report.scenario.operations.sorted(by: { $0.key < $1.key }) {
                    fact("operation \(name)", called)
                }
                for mark in report.marks {
                    fact("at \(numbers.decimal(mark.at, places: 1)) s", mark.label)
                }
            }
        }
    }

    private func fact(_ name: String, _ value: String) -> HTML {
        HTML("dt") { name } + HTML("dd") { value }
    }
}

/// A stream's figures: counts, percentiles, then its plots.
extension ReportPage {
    func section(of stream: StreamReport) -> HTML {
        HTML("section") {
            HTML("h2") { "Stream \(stream.name)" }
            HTML("p") { "To operation \(stream.operation): \(stream.schedule)." }
            HTML("div", ["class": "tables"]) {
                counts(of: stream)
                verdicts(of: stream.totals)
                if !stream.totals.errors.isEmpty { errors(of: stream.totals) }
            }
            percentiles(of: stream)
            HTML("p", ["class": "remark"]) {
                """
                Latency counts from the moment a request was due, service time from the moment it \
                was sent: where the two differ, requests waited for a free connection, which a \
                tool that counts from the send leaves out (coordinated omission).
                """
            }
            plots(of: stream)
        }
    }

    private func counts(of stream: StreamReport) -> HTML {
        let totals = stream.totals
        let rows: [(name: String, count: Int, isBad: Bool)] = [
            ("due", totals.due, false),
            ("sent", totals.sent, false),
            ("answered", totals.answered, false),
            ("retries", totals.retries, false),
            ("abandoned", totals.abandoned, false),
            ("unanswered", totals.unanswered, totals.unanswered > 0),
            ("participants", totals.participants, false),
            ("duplicate numbers", totals.duplicateNumbers, totals.duplicateNumbers > 0),
        ]
        let pace = numbers.decimal(stream.answersPerSecond, places: 1)
        return HTMLTable(
            "Totals", columns: [.text("requests"), .number("count")],
            rows: rows.map { name, count, isBad in
                HTMLTable.Row([name, numbers.count(count)], isBad ? .bad : .plain)
            } + [HTMLTable.Row(["answers a second", pace])]
        ).html
    }

    private func verdicts(of totals: StreamTotals) -> HTML {
        HTMLTable(
            "Verdicts", columns: [.text("verdict"), .number("count"), .number("of the answers")],
            rows: totals.verdictsInOrder.map { name, count in
                HTMLTable.Row([
                    name, numbers.count(count), numbers.share(count, of: totals.answered),
                ])
            }
        ).html
    }

    private func errors(of totals: StreamTotals) -> HTML {
        HTMLTable(
            "Errors", columns: [.text("no answer"), .number("count"), .number("of the sent")],
            rows: totals.errorsInOrder.map { name, count in
                HTMLTable.Row([name, numbers.count(count), numbers.share(count, of: totals.sent)])
            }
        ).html
    }

    private func percentiles(of stream: StreamReport) -> HTML {
        func row(_ name: String, _ percentiles: Percentiles) -> HTMLTable.Row {
            let figures = [
                percentiles.mean, percentiles.p50, percentiles.p90, percentiles.p99,
                percentiles.p999, percentiles.max,
            ]
            return HTMLTable.Row(
                [name, numbers.count(percentiles.count)]
                    + figures.map {
                        percentiles.count > 0 ? numbers.milliseconds($0) : NumberFormat.nothing
                    })
        }
        return HTMLTable(
            "Milliseconds",
            columns: [
                .text("time"), .number("answers"), .number("mean"), .number("p50"), .number("p90"),
                .number("p99"), .number("p99.9"), .number("max"),
            ],
            rows: [
                row("latency, from due", stream.latency), row("service, from send", stream.service),
            ]
        ).html
    }
}

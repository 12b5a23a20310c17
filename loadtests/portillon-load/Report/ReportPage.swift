/// `report.html`: all that a report says, on one page that needs nothing but itself.
///
/// It is read without a network and without JavaScript; the script adds the values under the
/// pointer.
struct ReportPage {
    let report: RunReport
    let timeline: Timeline
    let numbers = NumberFormat.page

    init(_ report: RunReport) {
        self.report = report
        timeline = Timeline(report)
    }

    /// The whole page, in UTF-8 when it is written.
    var text: String {
        (HTML(literal: "<!DOCTYPE html>\n") + HTML("html", ["lang": "en"]) { head + page }).markup
    }

    private var head: HTML {
        HTML("head") {
            HTML("meta", ["charset": "utf-8"])
            HTML("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
            // Nothing is fetched and nothing is sent, whatever a name in the report looks like.
            HTML(
                "meta",
                [
                    "http-equiv": "Content-Security-Policy",
                    "content":
                        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'",
                ])
            HTML("title") { "\(report.scenario.title): \(report.outcome.word)" }
            HTML("style") { PageStyle.sheet }
        }
    }

    private var page: HTML {
        HTML("body") {
            Fill.definitions
            HTML(
                "main",
                [
                    "data-from": SVG.number(timeline.axis.lower),
                    "data-to": SVG.number(timeline.axis.upper),
                ]
            ) {
                headline
                runner
                expectations
                for stream in report.streams { section(of: stream) }
                if let gateway = report.gateway { section(of: gateway) }
                circumstances
            }
            HTML("script") { PageScript.readOut }
        }
    }
}

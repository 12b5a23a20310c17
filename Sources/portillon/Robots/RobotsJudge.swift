import ArgumentParser
import Robots

/// `portillon robots judge`: the evaluation of a ruleset on files whose senders are known.
struct RobotsJudge: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "judge",
        abstract: "Measure a ruleset on files of known people and robots.",
        discussion: """
            portillon robots judge --people browsers.json --robots crawlers.yml
            portillon robots judge --ruleset rules.json captured.jsonl

            Files, by their names' ends: .yml has lists of User-Agents below names; .json an \
            array of User-Agents; .jsonl a whole request on each line, with its own label: \
            {"label": "person", "name": "Firefox 153", "transport": "tls1.3", "method": "POST", \
            "headers": [["Host", "example.com"], …]}. Transports are tls, tls1.3, plain, \
            loopback and proxied. A User-Agent alone is asked for signatures, a whole request for \
            consistency too.

            Recall is the share of robots that are challenged or refused, the false-positive rate \
            that of people. Precision is what share of those who are stopped are robots, where so \
            many percent of all who come are robots as --prevalence says.

            Exits with 1 if --recall or --false-positives is not held.
            """)

    @Argument(help: .init("Labelled requests.", valueName: "file"), completion: .file())
    var files: [String] = []
    @Option(
        parsing: .unconditionalSingleValue,
        help: .init("A file of people; repeat it for more.", valueName: "file"),
        completion: .file())
    var people: [String] = []
    @Option(
        parsing: .unconditionalSingleValue,
        help: .init("A file of robots; repeat it for more.", valueName: "file"),
        completion: .file())
    var robots: [String] = []
    @Option(
        parsing: .unconditional,
        help: .init("Your own rules instead of those brought along.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var ruleset: String?
    @Option(
        parsing: .unconditional,
        help: .init("The share of robots among all who come.", valueName: "percent"))
    var prevalence: Double = 1
    @Option(
        parsing: .unconditional,
        help: .init("The least recall, of all layers together.", valueName: "percent"))
    var recall: Double?
    @Option(
        parsing: .unconditional,
        help: .init(
            "The highest false-positive rate, of all layers together; and nobody may be refused.",
            valueName: "percent"))
    var falsePositives: Double?
    @Option(
        parsing: .unconditional,
        help: .init("How many errors to list of either kind.", valueName: "n"))
    var errors: Int = 20
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        if files.isEmpty, people.isEmpty, robots.isEmpty {
            throw ValidationError("a file is missing; give one, --people or --robots")
        }
        if !(prevalence > 0 && prevalence < 100) {
            throw ValidationError("--prevalence must be between 0 and 100")
        }
        if errors < 0 { throw ValidationError("--errors must not be below 0") }
    }

    func run() throws {
        let report = try report()
        if json {
            try Output.standard.write(json: report)
        } else {
            try Output.standard.write(report.text)
        }
        if let failure = failure(of: report) { throw failure }
    }

    /// - Throws: ``CommandFailure`` 78 for a file that cannot be read.
    func report() throws(CommandFailure) -> JudgeReport {
        var rules = Ruleset.shipped
        if let ruleset { rules = try Ruleset(path: ruleset) }
        var heads: [LabelledHead] = []
        for path in files { heads += try LabelledFile.read(path, isRobot: nil) }
        for path in people { heads += try LabelledFile.read(path, isRobot: false) }
        for path in robots { heads += try LabelledFile.read(path, isRobot: true) }
        return JudgeReport(rules, heads, prevalence: prevalence / 100, listed: errors)
    }

    /// The bar that is not held, if there is one.
    private func failure(of report: JudgeReport) -> CommandFailure? {
        guard let all = report.layers.last else { return nil }
        if let recall, all.recall * 100 < recall {
            return CommandFailure(.refused, "recall is below \(recall) %")
        }
        if let falsePositives {
            if all.falsePositiveRate * 100 > falsePositives {
                return CommandFailure(
                    .refused, "the false-positive rate is above \(falsePositives) %")
            }
            if all.people.refused > 0 { return CommandFailure(.refused, "people are refused") }
        }
        return nil
    }
}

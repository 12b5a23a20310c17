internal import Glibc
package import Ledger
internal import Time

/// What the verdict on an entry rests on, in words that can be told to the person (C22).
package struct RobotExplanation: Sendable {
    private let entry: EntryNumber
    private let countedAs: CountedAs
    private let permit: String?
    private let evidence: RobotEvidenceRecord?
    private let language: Language
    private let says: @Sendable (String) -> String?

    /// - Parameters:
    ///   - permit: of a test entry, by its identifier.
    ///   - evidence: of the entry's record; `nil` where it has none.
    ///   - says: the sentence of a rule; `nil` where it is not known any more.
    package init(
        _ entry: EntryNumber, countedAs: CountedAs, permit: String? = nil,
        _ evidence: RobotEvidenceRecord?, _ language: Language,
        says: @escaping @Sendable (String) -> String?
    ) {
        self.entry = entry
        self.countedAs = countedAs
        self.permit = permit
        self.evidence = evidence
        self.language = language
        self.says = says
    }

    /// A sentence or two each: what was done, by what, each sign with how much it says, the sum.
    package var paragraphs: [String] {
        let time = language.time(entry.time, in: Zone(name: "UTC", localTime: .utc))
        let phrase: ExplanationPhrase =
            switch countedAs {
            case .participant: .participant
            case .robot: .robot
            case .test: .test
            }
        let first = say(phrase, ["entry": "\(entry)", "time": time])
        guard let evidence else {
            guard countedAs == .test else { return [first, say(.none)] }
            return [first] + (permit.map { [say(.permit, ["permit": $0])] } ?? [])
        }
        let basis = say(
            .basis, ["version": "\(evidence.rulesetVersion)", "digest": evidence.digestText])
        let sum = say(.sum, ["odds": odds(evidence.headWeight &+ evidence.behaviourWeight)])
        return [first, basis] + evidence.findings.map { sign($0) }
            + (evidence.omitted > 0 ? [say(.omitted, ["count": "\(evidence.omitted)"])] : [])
            + [sum]
    }

    private func sign(_ finding: RobotEvidenceRecord.Finding) -> String {
        var text = says(finding.rule) ?? say(.unknownRule, ["rule": finding.rule])
        if let tool = finding.tool { text += " " + say(.tool, ["tool": tool]) }
        let phrase: ExplanationPhrase = finding.weight < 0 ? .person : .program
        return text + " " + say(phrase, ["odds": odds(finding.weight)])
    }

    private func say(_ phrase: ExplanationPhrase, _ values: [String: String] = [:]) -> String {
        language.text(phrase, values)
    }

    /// How many times as likely: the weight is the logarithm of it. Two digits are as exact as a
    /// weight is.
    private func odds(_ weight: Int32) -> String {
        let ratio = exp(Double(weight.magnitude) / 1_000)
        guard ratio < 1_000_000 else { return language.number(1_000_000) }
        guard ratio >= 10 else { return language.tenths(Int((ratio * 10).rounded())) }
        var unit = 1
        while ratio / Double(unit) >= 100 { unit *= 10 }
        return language.number(Int((ratio / Double(unit)).rounded()) * unit)
    }
}

internal import Contract
internal import Ledger
internal import Time

/// The summary at the top: what a reader who was not there must know, in a minute.
struct SummaryWords {
    let dossier: Dossier
    let language: Language
    private let words: ItemWords

    /// A paragraph with its label; no label for a general remark.
    struct Line: Encodable, Sendable {
        let label: String?
        let text: String
    }

    init(_ dossier: Dossier, _ language: Language) {
        self.dossier = dossier
        self.language = language
        words = ItemWords(language: language, zone: dossier.zone)
    }

    private func say(_ phrase: SummaryPhrase, _ values: [String: String] = [:]) -> String {
        language.text(phrase, values)
    }

    private func line(_ label: SummaryPhrase, _ text: String) -> Line {
        Line(label: say(label), text: text)
    }

    /// Of the last time that the operation was held back.
    var lines: [Line] {
        guard let episode = dossier.episodes.last else {
            let record = language.number(Int(clamping: dossier.asOf.sequence))
            return [
                Line(label: nil, text: say(.nothing, ["record": record])),
                line(.labelDeclared, declared),
            ] + robots
        }
        let items = episode.measures.compactMap { dossier.item($0) }
        let steps = items.compactMap(\.step)
        var lines = [
            line(.labelFacts, facts(items, steps)), line(.labelWhy, reason(items, steps)),
            line(.labelDeclared, declared), line(.labelOthers, others(items)),
            line(.labelDone, done(items)), line(.labelAnswered, answered(episode)),
            line(.labelEnd, end(episode)),
        ]
        let earlier = dossier.episodes.count - 1
        if earlier > 0 {
            let count = language.number(earlier)
            lines.append(Line(label: nil, text: say(.earlier, ["count": count])))
        }
        return lines + robots
    }

    private func participants(_ count: UInt32) -> String {
        language.quantity(Int(count), .participants)
    }

    /// What is on record of robots, beside the platform's strain (C6); nothing without any.
    private var robots: [Line] {
        let minutes = dossier.items.compactMap { item in
            item.robots.map { (minute: $0, isCalm: item.platform.isEmpty) }
        }
        guard !minutes.isEmpty else { return [] }
        func entries(_ count: Int) -> String { language.quantity(count, .entries) }
        var all = say(
            .robots,
            [
                "minutes": language.number(minutes.count),
                "attempts": entries(minutes.reduce(0) { $0 + $1.minute.attempts }),
                "robots": language.number(minutes.reduce(0) { $0 + $1.minute.robots }),
            ])
        let others = minutes.filter { !$0.isCalm }
        let tests = minutes.reduce(0) { $0 + $1.minute.tests }
        if tests > 0 {
            let then = language.number(others.reduce(0) { $0 + $1.minute.tests })
            all += " " + say(.loadTests, ["tests": entries(tests), "then": then])
        }
        guard !others.isEmpty else { return [line(.labelRobots, all + " " + say(.robotsInCalm))] }
        let then = say(
            .robotsThen,
            [
                "minutes": language.number(others.count),
                "robots": entries(others.reduce(0) { $0 + $1.minute.robots }),
            ])
        return [line(.labelRobots, all + " " + then)]
    }

    private func facts(_ items: [DossierItem], _ steps: [LadderStep]) -> String {
        guard let step = steps.first(where: { $0.report != nil && $0.kind != .resume }),
            let report = step.report
        else {
            let by = items.first.map { language.author($0.by) } ?? ""
            return say(.factsByPerson, ["by": by])
        }
        let crossed = step.crossedAt.map {
            language.text(EventPhrase.crossed, ["time": language.time($0, in: dossier.zone)])
        }
        let text =
            say(
                .facts,
                [
                    "participants": participants(step.participants),
                    "cover": participants(step.cover), "crossed": crossed ?? "",
                    "level": language.term("\(report.level.name)"),
                ]) + words.missing(step)
        return step.isEnforced ? text : text + " " + say(.advisedOnly)
    }

    /// The gravest step of the ladder with the figures that held; or what a person said.
    private func reason(_ items: [DossierItem], _ steps: [LadderStep]) -> String {
        let item =
            items.first { $0.step?.kind == .suspend } ?? items.first { $0.step?.kind == .smooth }
        guard let item, let step = item.step else {
            guard let first = items.first else { return say(.whyUnknown) }
            return say(.whyByPerson, ["text": words.sentence(first)])
        }
        let findings = item.findings.filter { $0.isMet == true }.map { finding in
            let sentence = words.sentence(finding)
            return sentence.prefix(1).uppercased() + sentence.dropFirst()
        }
        guard !findings.isEmpty else { return say(.whyUnknown) }
        let text = findings.joined(separator: ". ")
        return say(.why, ["rule": step.rule, "findings": text])
    }

    private var declared: String {
        let counted = dossier.declarations.filter(\.counts).count
        let others = dossier.declarations.count - counted
        let cover = participants(dossier.cover)
        var text =
            counted == 0
            ? say(.undeclared, ["cover": cover])
            : say(.declared, ["count": language.number(counted), "cover": cover])
        let late = others + dossier.items.lazy.filter { $0.isLateNotice }.count
        if late > 0 { text += " " + say(.late, ["count": language.number(late)]) }
        return text
    }

    /// The longest wait of the neighbours that was measured.
    private func others(_ items: [DossierItem]) -> String {
        let waits = items.flatMap(\.findings).filter {
            $0.figure == .othersWait && $0.value != nil
        }
        guard let worst = waits.max(by: { ($0.value ?? 0) < ($1.value ?? 0) }),
            let during = worst.value
        else { return say(.othersNone) }
        var values = [
            "during": language.quantity(during, worst.unit),
            "window": words.window(worst.windowMilliseconds ?? 0),
        ]
        guard let before = worst.before else { return say(.othersNoCalm, values) }
        values["before"] = language.quantity(before, worst.unit)
        return say(.others, values)
    }

    /// The measures in order; the middle of a long list is left to the items below.
    private func done(_ items: [DossierItem]) -> String {
        var texts = items.filter { !$0.isEnd }.map { item in
            let measure = item.step.map { words.measure($0) } ?? words.sentence(item)
            let time = language.time(item.place.at, in: dossier.zone)
            return "\(time)\(language.colonSpace): \(measure)"
        }
        if texts.count > 6 { texts.replaceSubrange(3..<(texts.count - 3), with: ["…"]) }
        return texts.joined(separator: " ")
    }

    private func answered(_ episode: Episode) -> String {
        let answers = episode.answers.compactMap { dossier.item($0)?.answered }
        guard !answers.isEmpty else { return say(.notAnswered) }
        return say(.answered, ["answers": words.answers(answers)])
    }

    private func end(_ episode: Episode) -> String {
        guard let ended = episode.ended, let item = dossier.item(ended) else {
            return say(
                .notEnded,
                [
                    "record": language.number(Int(clamping: dossier.asOf.sequence)),
                    "time": language.time(dossier.asOf.at, in: dossier.zone),
                ])
        }
        let text = item.step.map { words.measure($0) } ?? words.sentence(item)
        return say(
            .ended, ["time": language.time(item.place.at, in: dossier.zone), "text": text])
    }
}

extension DossierItem {
    /// The ladder's step; `nil` for any other record.
    var step: LadderStep? {
        if case .event(.step(let step)) = record { step } else { nil }
    }

    /// What was answered; `nil` for any other record.
    fileprivate var answered: AnsweredEntries? {
        if case .command(.fact(.answered(let answered))) = record { answered } else { nil }
    }

    /// A minute of robots; `nil` for any other record.
    var robots: RobotMinute? {
        if case .command(.fact(.robots(let minute))) = record { minute } else { nil }
    }

    /// Whether it ends a measure.
    fileprivate var isEnd: Bool {
        switch record {
        case .event(.step(let step)): step.kind == .resume
        case .event(.suspensionEnded), .event(.clientSuspensionEnded),
            .command(.operation(.resume)), .command(.client(.resume)),
            .command(.operation(.delete)):
            true
        default: false
        }
    }

    /// A notice that came too late is on record, and not among the declarations.
    fileprivate var isLateNotice: Bool {
        guard case .command(.contract(.giveNotice)) = record else { return false }
        return counts == false
    }
}

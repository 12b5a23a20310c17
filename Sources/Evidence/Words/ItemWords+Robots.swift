internal import Ledger
internal import Time

/// What is said of robots, and of what the platform was meanwhile (C6).
extension ItemWords {
    func sentence(_ minute: RobotMinute) -> String {
        var text = say(
            .robots,
            [
                "since": time(minute.since), "until": time(minute.until),
                "attempts": language.quantity(minute.attempts, .entries),
                "robots": language.number(minute.robots),
                "suspects": language.number(minute.suspects), "verdicts": verdicts(minute),
            ])
        if !minute.tools.isEmpty { text += " " + say(.robotTools, ["tools": tools(minute)]) }
        if !minute.origins.isEmpty {
            text += " " + say(.robotOrigins, ["origins": origins(minute)])
        }
        return text
    }

    private func verdicts(_ minute: RobotMinute) -> String {
        let parts = RobotMinute.Verdict.allCases.filter { minute[$0] > 0 }.compactMap { verdict in
            RobotPhrase(rawValue: verdict.rawValue).map {
                labelled(language.text($0), minute[verdict])
            }
        }
        return parts.joined(separator: ", ")
    }

    /// `curl: 12, ApacheBench: 3`; the names are the tools' own.
    func tools(_ minute: RobotMinute) -> String {
        minute.tools.map { labelled($0.tool, $0.count) }.joined(separator: ", ")
    }

    private func origins(_ minute: RobotMinute) -> String {
        minute.origins.map { origin in
            let phrase: EventPhrase = origin.kind == .key ? .robotKey : .robotNetwork
            return labelled(say(phrase, ["name": origin.name]), origin.count)
        }.joined(separator: ", ")
    }

    private func labelled(_ label: String, _ count: Int) -> String {
        label + "\(language.colonSpace): " + language.number(count)
    }

    /// A space and a sentence for each time that the platform was not calm.
    func platform(_ spans: [PlatformSpan]) -> String {
        spans.map { " " + sentence($0) }.joined()
    }

    private func sentence(_ span: PlatformSpan) -> String {
        var values = ["since": time(span.since), "level": language.term(span.kind.rawValue)]
        if span.kind == .started { return say(.whileStarted, values) }
        guard let until = span.until else { return say(.whileLevelOpen, values) }
        values["until"] = time(until)
        return say(.whileLevel, values)
    }

    /// The levels alone: `strained, in a critical state`.
    func levels(_ spans: [PlatformSpan]) -> String {
        spans.map {
            $0.kind == .started
                ? language.text(RobotPhrase.started) : language.term($0.kind.rawValue)
        }.joined(separator: ", ")
    }
}

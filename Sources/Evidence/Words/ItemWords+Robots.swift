internal import Ledger
internal import Time

/// What is said of robots, and of what the platform was meanwhile (C6).
extension ItemWords {
    func sentence(_ minute: RobotMinute) -> String {
        var values = [
            "since": time(minute.since), "until": time(minute.until),
            "tests": language.quantity(minute.tests, .entries),
        ]
        guard minute.hasRobots else {
            return language.text(RobotPhrase.testsAlone, values) + origins(minute)
        }
        values["attempts"] = language.quantity(minute.attempts, .entries)
        values["robots"] = language.number(minute.robots)
        values["suspects"] = language.number(minute.suspects)
        values["verdicts"] = verdicts(minute)
        var text = language.text(RobotPhrase.minute, values)
        if minute.tests > 0 { text += " " + language.text(RobotPhrase.tests, values) }
        if !minute.tools.isEmpty {
            text += " " + language.text(RobotPhrase.named, ["tools": tools(minute)])
        }
        return text + origins(minute)
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

    /// A space and a sentence; nothing without any.
    private func origins(_ minute: RobotMinute) -> String {
        let origins = minute.origins.map { origin in
            let phrase: RobotPhrase =
                switch origin.kind {
                case .key: .key
                case .network: .network
                case .permit: .permit
                }
            return labelled(language.text(phrase, ["name": origin.name]), origin.count)
        }
        guard !origins.isEmpty else { return "" }
        return " "
            + language.text(
                RobotPhrase.origins, ["origins": origins.joined(separator: ", ")])
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
        if span.kind == .started { return language.text(RobotPhrase.whileStarted, values) }
        guard let until = span.until else {
            return language.text(RobotPhrase.whileLevelOpen, values)
        }
        values["until"] = time(until)
        return language.text(RobotPhrase.whileLevel, values)
    }

    /// The levels alone: `strained, in a critical state`.
    func levels(_ spans: [PlatformSpan]) -> String {
        spans.map {
            $0.kind == .started
                ? language.text(RobotPhrase.started) : language.term($0.kind.rawValue)
        }.joined(separator: ", ")
    }
}

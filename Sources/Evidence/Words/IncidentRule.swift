/// The rules of the gateway's own that open incidents (C12), by the names that incidents have, with
/// their titles: a sentence about one value. On record it stands in English; pages show it in
/// theirs.
package enum IncidentRule: String, CaseIterable, Phrase {
    /// The journal took no records for a while; the value: how long, in seconds.
    case logStopped = "log-stopped"
    /// Probes found the service not accessible, minute after minute; the value: from when on.
    case probesFailing = "probes-failing"
    /// A certificate in use is near its end; the value: when that is.
    case certificateExpiry = "certificate-expiry"

    var wording: Wording {
        switch self {
        case .logStopped:
            Wording(
                "The journal took no records for {value} s",
                "Le journal n'a rien enregistré pendant {value} s")
        case .probesFailing:
            Wording(
                "Probes found the service not accessible from {value} on",
                "Les sondes ont trouvé le service non accessible à partir du {value}")
        case .certificateExpiry:
            Wording("A certificate ends at {value}", "Un certificat expire le {value}")
        }
    }

    private static var placeholder: String { "{value}" }

    /// The title as incidents have it.
    package func title(_ value: some CustomStringConvertible) -> String {
        Language.english.text(self, ["value": value.description])
    }

    /// The value in a title of this rule; nil in any other.
    fileprivate func value(in title: String) -> String? {
        let parts = wording.english.split(
            separator: Self.placeholder, omittingEmptySubsequences: false)
        guard parts.count == 2, title.hasPrefix(parts[0]), title.hasSuffix(parts[1]),
            title.utf8.count > parts[0].utf8.count + parts[1].utf8.count
        else { return nil }
        return String(title.dropFirst(parts[0].count).dropLast(parts[1].count))
    }
}

extension Language {
    /// An incident's title: of one that a rule opened in this language, a person's as it was given.
    /// - Parameter rule: the name of the rule that opened it; nil for a person's.
    package func incidentTitle(_ title: String, rule: String?) -> String {
        guard let rule = rule.flatMap(IncidentRule.init(rawValue:)),
            let value = rule.value(in: title)
        else { return title }
        return text(rule, ["value": value])
    }
}

/// What a figure of a dossier is counted in.
enum Unit: String, CaseIterable, Encodable, Sendable {
    case microseconds = "us"
    case milliseconds = "ms"
    case seconds = "s"
    case permille
    case participants, entries, recipients, answers
    case entriesPerSecond = "entries_per_second"
    case requestsPerSecond = "requests_per_second"

    var singular: Wording {
        switch self {
        case .microseconds: Wording("microsecond", "microseconde")
        case .milliseconds: Wording("millisecond", "milliseconde")
        case .seconds: Wording("second", "seconde")
        case .permille: Wording("per mille", "pour mille")
        case .participants: Wording("participant", "participant")
        case .entries: Wording("entry", "participation")
        case .recipients: Wording("recipient", "destinataire")
        case .answers: Wording("answer", "réponse")
        case .entriesPerSecond: Wording("entry a second", "participation par seconde")
        case .requestsPerSecond: Wording("request a second", "requête par seconde")
        }
    }

    var plural: Wording {
        switch self {
        case .microseconds: Wording("microseconds", "microsecondes")
        case .milliseconds: Wording("milliseconds", "millisecondes")
        case .seconds: Wording("seconds", "secondes")
        case .permille: Wording("per mille", "pour mille")
        case .participants: Wording("participants", "participants")
        case .entries: Wording("entries", "participations")
        case .recipients: Wording("recipients", "destinataires")
        case .answers: Wording("answers", "réponses")
        case .entriesPerSecond: Wording("entries a second", "participations par seconde")
        case .requestsPerSecond: Wording("requests a second", "requêtes par seconde")
        }
    }
}

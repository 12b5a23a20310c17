/// How entries were answered, as a label before their number.
enum VerdictPhrase: String, Phrase {
    case accepted, repeated, refused, closed, overloaded, waiting, suspended, challenged

    var wording: Wording {
        switch self {
        case .accepted: Wording("accepted", "acceptées")
        case .repeated: Wording("already entered before", "déjà enregistrées auparavant")
        case .refused: Wording("refused by the operation's rules", "refusées selon le règlement")
        case .closed: Wording("outside of the dates", "hors des dates")
        case .overloaded: Wording("refused for lack of room", "refusées faute de place")
        case .waiting: Wording("given a place in the queue", "placées en file d'attente")
        case .suspended: Wording("refused by the suspension", "refusées par la suspension")
        case .challenged: Wording("asked to solve a challenge", "soumises à une épreuve")
        }
    }
}

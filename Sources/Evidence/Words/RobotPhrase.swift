/// How the entries of robots and suspects were answered, as a label before their number; and what
/// else stands in a table of them.
enum RobotPhrase: String, Phrase {
    case admitted, observed, challenged, refused
    case tools, started

    var wording: Wording {
        switch self {
        case .admitted: Wording("let in as participants", "admises comme participants")
        case .observed: Wording("let in and counted as robots", "admises et comptées à part")
        case .challenged: Wording("asked to solve a challenge", "invitées à résoudre un défi")
        case .refused: Wording("refused", "refusées")
        case .tools: Wording("Tools", "Outils")
        case .started: Wording("a process started", "un processus a démarré")
        }
    }
}

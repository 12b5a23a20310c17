/// What is said of a minute of robots: how their entries were answered, as a label before the
/// number, where they came from, and what the platform was meanwhile.
enum RobotPhrase: String, Phrase {
    case admitted, observed, challenged, refused
    case tools, started
    case minute, tests, testsAlone, named, origins, key, network, permit
    case whileLevel, whileLevelOpen, whileStarted

    var wording: Wording {
        switch self {
        case .admitted: Wording("let in as participants", "admises comme participants")
        case .observed: Wording("let in and counted as robots", "admises et comptées à part")
        case .challenged: Wording("asked to solve a challenge", "invitées à résoudre un défi")
        case .refused: Wording("refused", "refusées")
        case .tools: Wording("Tools", "Outils")
        case .started: Wording("a process started", "un processus a démarré")
        case .minute:
            Wording(
                "From {since} to {until}, of {attempts} {robots} were judged to be robots' and "
                    + "{suspects} suspect (C6): {verdicts}.",
                "Du {since} au {until}, sur {attempts}, {robots} ont été attribuées à des robots "
                    + "et {suspects} jugées suspectes (C6) : {verdicts}.")
        case .tests:
            Wording(
                "Load tests that were agreed to brought {tests} more (C7).",
                "Des tests de charge acceptés en ont apporté {tests} de plus (C7).")
        case .testsAlone:
            Wording(
                "From {since} to {until} load tests that were agreed to brought {tests} (C7), and "
                    + "no robots came.",
                "Du {since} au {until}, des tests de charge acceptés ont apporté {tests} (C7), "
                    + "sans robots.")
        case .named:
            Wording(
                "Tools that named themselves: {tools}.", "Outils qui se sont nommés : {tools}.")
        case .origins: Wording("By origin: {origins}.", "Par origine : {origins}.")
        case .key: Wording("front-end key {name}", "clé frontale {name}")
        case .network:
            Wording("the client's network {name}", "réseau {name} du client")
        case .permit: Wording("permit {name}", "autorisation {name}")
        case .whileLevel:
            Wording(
                "Meanwhile the platform was {level}, from {since} to {until}.",
                "Pendant ce temps, la plateforme était {level}, du {since} au {until}.")
        case .whileLevelOpen:
            Wording(
                "Meanwhile the platform was {level}, since {since}.",
                "Pendant ce temps, la plateforme était {level}, depuis le {since}.")
        case .whileStarted:
            Wording(
                "Meanwhile, at {since}, a process of the gateway started.",
                "Pendant ce temps, le {since}, un processus de la passerelle a démarré.")
        }
    }
}

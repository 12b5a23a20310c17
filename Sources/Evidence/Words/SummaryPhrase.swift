/// What the summary at the top says.
enum SummaryPhrase: Phrase {
    case nothing, facts, factsByPerson, advisedOnly, why, whyByPerson, whyUnknown
    case declared, undeclared, late
    case others, othersNoCalm, othersNone
    case answered, notAnswered
    case ended, notEnded, earlier
    case robots, robotsThen, robotsInCalm, loadTests
    case labelFacts, labelWhy, labelDeclared, labelOthers, labelDone, labelAnswered, labelEnd
    case labelRobots
    case episode

    var wording: Wording {
        switch self {
        case .nothing:
            Wording(
                "No measure was taken against the operation up to record {record}.",
                "Aucune mesure n'a été prise à l'encontre de l'opération jusqu'à l'enregistrement "
                    + "{record}.")
        case .facts:
            Wording(
                "{participants} had entered; the declarations gave a cover of {cover}{crossed}. "
                    + "The platform was {level}.",
                "{participants} enregistrés ; les déclarations donnaient une couverture de "
                    + "{cover}{crossed}. La plateforme était {level}.")
        case .factsByPerson:
            Wording(
                "A person decided on the operation: {by}.",
                "Une personne a décidé pour l'opération : {by}.")
        case .advisedOnly:
            Wording(
                "The operation's policy only advises: no measure took effect.",
                "La politique de l'opération ne fait que conseiller : aucune mesure n'a pris effet."
            )
        case .why:
            Wording(
                "Rule {rule}: a notice is missing, and the platform slows down. {findings}.",
                "Règle {rule} : un préavis manque, et la plateforme ralentit. {findings}.")
        case .whyByPerson: Wording("{text}", "{text}")
        case .whyUnknown:
            Wording("The record gives no figures.", "L'enregistrement ne donne pas de chiffres.")
        case .declared:
            Wording(
                "{count} in time and counted; cover: {cover}.",
                "Faites à temps et comptées : {count} ; couverture : {cover}.")
        case .undeclared:
            Wording(
                "Nothing that counts; without a declaration the cover is {cover}.",
                "Rien qui compte ; sans déclaration, la couverture est de {cover}.")
        case .late:
            Wording(
                "Too late or withdrawn, so not counted: {count}.",
                "Tardives ou retirées, donc non comptées : {count}.")
        case .others:
            Wording(
                "An entry of the other operations waited {during} on average (over {window}), and "
                    + "{before} in the calm before.",
                "Une participation aux autres opérations attendait {during} en moyenne (sur "
                    + "{window}), contre {before} dans le calme précédent.")
        case .othersNoCalm:
            Wording(
                "An entry of the other operations waited {during} on average (over {window}). What "
                    + "it waited in calm is not on record.",
                "Une participation aux autres opérations attendait {during} en moyenne (sur "
                    + "{window}). L'attente dans le calme n'est pas enregistrée.")
        case .othersNone:
            Wording(
                "The wait of the other operations is not on record: no entry of theirs came then, "
                    + "or nothing was measured.",
                "L'attente des autres opérations n'est pas enregistrée : aucune participation ne "
                    + "leur parvenait alors, ou rien n'a été mesuré.")
        case .answered: Wording("{answers}.", "{answers}.")
        case .notAnswered:
            Wording(
                "Not on record: no entry came, the process ended meanwhile, or the measure is "
                    + "still in force.",
                "Rien d'enregistré : aucune participation n'est venue, le processus s'est arrêté "
                    + "entre-temps, ou la mesure est encore en vigueur.")
        case .ended: Wording("{time}: {text}", "{time} : {text}")
        case .notEnded:
            Wording(
                "It had not ended by record {record} of {time}.",
                "Elle n'avait pas pris fin à l'enregistrement {record} du {time}.")
        case .earlier:
            Wording(
                "Earlier times that the operation was held back: {count}. They stand below.",
                "Mesures antérieures envers l'opération : {count}. Elles figurent plus bas.")
        case .robots:
            Wording(
                "Minutes with robots on record: {minutes}. Of {attempts} that came in them, "
                    + "{robots} were judged to be robots'.",
                "Minutes avec robots enregistrées : {minutes}. Sur {attempts} venues pendant "
                    + "celles-ci, {robots} ont été attribuées à des robots.")
        case .robotsThen:
            Wording(
                "In {minutes} of them the platform was not calm; {robots} were robots' then.",
                "Pendant {minutes} d'entre elles, la plateforme n'était pas calme ; {robots} "
                    + "étaient alors celles de robots.")
        case .robotsInCalm:
            Wording(
                "The platform was calm in all of them.",
                "La plateforme était calme pendant chacune d'elles.")
        case .loadTests:
            Wording(
                "Load tests that were agreed to brought {tests}, {then} of them while the platform "
                    + "was not calm.",
                "Des tests de charge acceptés ont apporté {tests}, dont {then} pendant que la "
                    + "plateforme n'était pas calme.")
        case .labelRobots: Wording("Robots", "Les robots")
        case .labelFacts: Wording("What happened", "Les faits")
        case .labelWhy: Wording("Why", "Le motif")
        case .labelDeclared: Wording("What was declared", "Les déclarations")
        case .labelOthers:
            Wording("What it did to others", "Les effets sur les autres opérations")
        case .labelDone: Wording("What was done", "Les mesures prises")
        case .labelAnswered: Wording("What was answered", "Les réponses données")
        case .labelEnd: Wording("When it ended", "La fin")
        case .episode: Wording("Measure of {time}", "Mesure du {time}")
        }
    }
}

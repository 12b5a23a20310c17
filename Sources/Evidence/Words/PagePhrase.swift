/// What stands around the facts on a page.
enum PagePhrase: Phrase {
    case title, summary, operation, client, state, cover, crossedAt, asOf, asOfRecord, timeZone
    case no, notOnRecord
    case declared, nothingDeclared, declaredAt, kind, allows, starts, ends, counted, record
    case notice, campaign, withdrawn, lateStart, beyondCover
    case policy, policySince, policyDefault, setting, value
    case happened, place, figure, measured, limit, limitFrom, met, before, over
    case coincidence, minute, came, robots, refused, tests, platform
    case glossary, verification, verifyText, verifyWords, facts

    var wording: Wording {
        switch self {
        case .title: Wording("Evidence: {title}", "Dossier de preuve : {title}")
        case .summary: Wording("Summary", "Résumé")
        case .operation: Wording("Operation", "Opération")
        case .client: Wording("Client", "Client")
        case .state: Wording("State", "État")
        case .cover: Wording("Cover", "Couverture")
        case .crossedAt: Wording("Cover crossed", "Couverture dépassée")
        case .asOf: Wording("As of", "Arrêté au")
        case .asOfRecord: Wording("{time}, record {record}", "{time}, enregistrement {record}")
        case .timeZone: Wording("Time zone", "Fuseau horaire")
        case .no: Wording("no", "non")
        case .notOnRecord: Wording("not on record", "non enregistré")
        case .declared: Wording("What was declared", "Les déclarations")
        case .nothingDeclared: Wording("Nothing was declared.", "Rien n'a été déclaré.")
        case .declaredAt: Wording("Declared", "Déclarée le")
        case .kind: Wording("What", "Objet")
        case .allows: Wording("For", "Pour")
        case .starts: Wording("Starts", "Début")
        case .ends: Wording("Ends", "Fin")
        case .counted: Wording("Counts", "Comptée")
        case .record: Wording("Record", "Enregistrement")
        case .notice: Wording("traffic notice", "préavis de trafic")
        case .campaign:
            Wording("campaign {campaign}, {channel}", "campagne {campaign}, {channel}")
        case .withdrawn: Wording("withdrawn {time}", "retirée le {time}")
        case .lateStart: Wording("late: it had begun", "tardive : elle avait commencé")
        case .beyondCover:
            Wording("late: the cover was crossed", "tardive : la couverture était dépassée")
        case .policy: Wording("The policy in force", "La politique en vigueur")
        case .policySince:
            Wording(
                "In force since {time}, record {record}",
                "En vigueur depuis le {time}, enregistrement {record}")
        case .policyDefault:
            Wording(
                "In force without a record: the defaults of the journal's format",
                "En vigueur sans enregistrement : les valeurs par défaut du format du journal")
        case .setting: Wording("Setting", "Réglage")
        case .value: Wording("Value", "Valeur")
        case .happened: Wording("What happened, in order", "Les faits, dans l'ordre")
        case .place:
            Wording(
                "{time} · record {record} · by {by}",
                "{time} · enregistrement {record} · par : {by}")
        case .figure: Wording("Figure", "Chiffre")
        case .measured: Wording("Measured", "Mesuré")
        case .limit: Wording("Limit in force", "Limite en vigueur")
        case .limitFrom: Wording("Limit from", "Origine de la limite")
        case .met: Wording("Condition met", "Condition remplie")
        case .before: Wording("{value}; {before} in calm", "{value} ; {before} dans le calme")
        case .over: Wording("{value} over {window}", "{value} sur {window}")
        case .coincidence:
            Wording("Robots while the platform was not calm", "Robots et plateforme sous tension")
        case .minute: Wording("From", "À partir du")
        case .came: Wording("Entries", "Participations")
        case .robots: Wording("Of robots", "De robots")
        case .tests: Wording("Of load tests", "De tests de charge")
        case .refused: Wording("Refused", "Refusées")
        case .platform: Wording("The platform", "La plateforme")
        case .glossary: Wording("Terms", "Termes")
        case .verification: Wording("How to verify", "Comment vérifier")
        case .verifyText:
            Wording(
                "Every fact here follows from the gateway's journal: the number of each record, "
                    + "and the journal's chain value behind its batch, stand beside it. Whoever "
                    + "has the journal makes the dossier again and compares it, from the JSON form "
                    + "or from this page; DATA stands for the gateway's data folder:",
                "Chaque fait de ce dossier découle du journal de la passerelle : le numéro de "
                    + "chaque enregistrement et la valeur de chaînage du journal derrière son lot "
                    + "figurent à côté. Qui détient le journal refait le dossier et le compare, à "
                    + "partir de la forme JSON ou de cette page ; DATA est le dossier de données "
                    + "de la passerelle :")
        case .verifyWords:
            Wording(
                "The sentences are rendered from the facts and are no part of the proof: another "
                    + "wording, or another language, changes nothing in it.",
                "Les phrases sont tirées des faits et ne font pas partie de la preuve : une autre "
                    + "rédaction, ou une autre langue, n'y change rien.")
        case .facts: Wording("The facts, as they are proved", "Les faits, tels qu'ils sont prouvés")
        }
    }
}

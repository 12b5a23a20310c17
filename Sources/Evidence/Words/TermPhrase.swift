internal import Ledger

/// Words for the names that records use.
enum TermPhrase: String, Phrase {
    case once, daily, unlimited
    case enforce, advise
    case email, sms, television, radio, social, display, press, other
    case undeclaredTraffic = "undeclared_traffic"
    case degradation, stability, security, maintenance, authority
    case unlawfulContent = "unlawful_content"
    case unpaid
    case contractEnded = "contract_ended"
    case breach, fraud, robots
    case accountInformation = "account_information"
    case clientInstruction = "client_instruction"
    case forceMajeure = "force_majeure"
    case france
    case alsaceMoselle = "alsace_moselle"
    case calm, strained, critical
    case worker, sequencer, disk
    case draft, open, smoothed, suspended, closed, deleted
    case lost, stolen, rotated
    case gateway, admin, `operator`, auditor, client, scrape

    var wording: Wording {
        switch self {
        case .once: Wording("one entry a person", "une participation par personne")
        case .daily:
            Wording("one entry a person and day", "une participation par personne et par jour")
        case .unlimited: Wording("any number of entries", "participations sans limite")
        case .enforce: Wording("in force", "appliquées")
        case .advise: Wording("only advised", "seulement conseillées")
        case .email: Wording("e-mail", "courrier électronique")
        case .sms: Wording("text message", "SMS")
        case .television: Wording("television", "télévision")
        case .radio: Wording("radio", "radio")
        case .social: Wording("social networks", "réseaux sociaux")
        case .display: Wording("display advertising", "publicité en ligne")
        case .press: Wording("press", "presse")
        case .other: Wording("other channel", "autre canal")
        case .undeclaredTraffic: Wording("undeclared traffic", "trafic non déclaré")
        case .degradation:
            Wording("degradation of other operations", "dégradation d'autres opérations")
        case .stability: Wording("stability", "stabilité")
        case .security: Wording("security", "sécurité")
        case .maintenance: Wording("maintenance", "maintenance")
        case .authority: Wording("order of an authority", "ordre d'une autorité")
        case .unlawfulContent: Wording("unlawful content", "contenu illicite")
        case .unpaid: Wording("unpaid invoices", "factures impayées")
        case .contractEnded: Wording("end of the contract", "fin du contrat")
        case .breach: Wording("breach of the terms", "manquement aux conditions")
        case .fraud: Wording("illegal or fraudulent use", "usage illicite ou frauduleux")
        case .robots: Wording("robots", "robots")
        case .accountInformation:
            Wording("false account information", "informations de compte inexactes")
        case .clientInstruction: Wording("instruction of the client", "instruction du client")
        case .forceMajeure: Wording("force majeure", "force majeure")
        case .france: Wording("France", "droit commun (France)")
        case .alsaceMoselle: Wording("Alsace-Moselle", "Alsace-Moselle")
        case .calm: Wording("calm", "calme")
        case .strained: Wording("strained", "sous tension")
        case .critical: Wording("in a critical state", "en état critique")
        case .worker: Wording("network thread", "fil réseau")
        case .sequencer: Wording("deciding thread", "fil de décision")
        case .disk: Wording("disk", "disque")
        case .draft: Wording("a draft", "en préparation")
        case .open: Wording("open", "ouverte")
        case .smoothed: Wording("smoothed", "lissée")
        case .suspended: Wording("suspended", "suspendue")
        case .closed: Wording("closed", "close")
        case .deleted: Wording("deleted", "supprimée")
        case .lost: Wording("lost", "perdue")
        case .stolen: Wording("stolen", "volée")
        case .rotated: Wording("replaced", "remplacée")
        case .gateway: Wording("the gateway", "la passerelle")
        case .admin: Wording("administrator", "administrateur")
        case .operator: Wording("operator", "opérateur")
        case .auditor: Wording("auditor", "auditeur")
        case .client: Wording("client", "client")
        case .scrape: Wording("monitoring", "supervision")
        }
    }
}

extension Language {
    /// The word for a name of the log; the name itself where there is none.
    func term(_ name: String) -> String {
        TermPhrase(rawValue: name).map { text($0) } ?? name
    }

    /// Who acted: `operator marie`.
    func author(_ author: Author) -> String {
        author.role == .gateway
            ? text(TermPhrase.gateway) : "\(term(author.role.rawValue)) \(author.name)"
    }
}

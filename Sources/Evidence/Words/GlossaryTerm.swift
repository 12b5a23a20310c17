/// The terms of a dossier, explained for a reader who was not there.
enum GlossaryTerm: CaseIterable, Sendable {
    case operation, participant, entry, campaign, notice, cover, missingNotice
    case load, pressure, capacity
    case smoothing, suspension, calm, policy, journal, record, chain, rules

    var term: Wording {
        switch self {
        case .operation: Wording("operation", "opération")
        case .participant: Wording("participant", "participant")
        case .entry: Wording("entry", "participation")
        case .campaign: Wording("campaign", "campagne")
        case .notice: Wording("traffic notice", "préavis de trafic")
        case .cover: Wording("cover", "couverture")
        case .missingNotice: Wording("missing notice", "préavis manquant")
        case .load: Wording("share of the load", "part de la charge")
        case .pressure: Wording("pressure, strain", "charge, tension")
        case .capacity: Wording("capacity, fair share", "capacité, part équitable")
        case .smoothing: Wording("smoothing", "lissage")
        case .suspension: Wording("suspension", "suspension")
        case .calm: Wording("calm", "calme")
        case .policy: Wording("policy", "politique")
        case .journal: Wording("journal", "journal")
        case .record: Wording("record", "enregistrement")
        case .chain: Wording("chain value", "valeur de chaînage")
        case .rules:
            Wording("C1, C2, C3, C3b, C4, C8, C16, C18", "C1, C2, C3, C3b, C4, C8, C16, C18")
        }
    }

    var meaning: Wording {
        switch self {
        case .operation:
            Wording(
                "One promotional game of one client on the platform.",
                "Un jeu promotionnel d'un client sur la plateforme.")
        case .participant:
            Wording(
                "A person who enters an operation; counted once, however many entries.",
                "Une personne qui participe à une opération ; comptée une seule fois, quel que "
                    + "soit le nombre de ses participations.")
        case .entry:
            Wording(
                "One participation that is sent to the gateway, whatever it is answered.",
                "Une participation adressée à la passerelle, quelle que soit la réponse.")
        case .campaign:
            Wording(
                "A communication that sends people to an operation: a mailing, a spot. It is "
                    + "declared before it starts (C1).",
                "Une communication qui envoie du public vers une opération : un envoi, un spot. "
                    + "Elle se déclare avant de commencer (C1).")
        case .notice:
            Wording(
                "The client's announcement of how many participants it expects (C2).",
                "L'annonce par le client du nombre de participants attendus (C2).")
        case .cover:
            Wording(
                "How many participants the declarations allow for: the largest of 50,000, the "
                    + "notice, and the sum of the recipients of the campaigns that count.",
                "Le nombre de participants que permettent les déclarations : le plus grand de 50 "
                    + "000, du préavis et de la somme des destinataires des campagnes comptées.")
        case .missingNotice:
            Wording(
                "More came than was announced: participants beyond the cover, or beyond what the "
                    + "client's operations may have together (C2); entries with the tag of an "
                    + "undeclared campaign (C1); or more entries within a short window than were "
                    + "announced.",
                "Il est venu plus que ce qui était annoncé : des participants au-delà de la "
                    + "couverture, ou au-delà de ce que les opérations du client peuvent avoir "
                    + "ensemble (C2) ; des participations portant l'étiquette d'une campagne non "
                    + "déclarée (C1) ; ou plus de participations en peu de temps qu'annoncé.")
        case .load:
            Wording(
                "The operation's part of all entries that came, or of all the time that entries "
                    + "waited, whichever is larger.",
                "La part de l'opération dans les participations reçues, ou dans le temps d'attente "
                    + "de toutes les participations, la plus grande des deux.")
        case .pressure:
            Wording(
                "How long entries, the disk and the event loops keep waiting, measured ten times a "
                    + "second. Above a limit the platform is strained, above another critical.",
                "Le temps que font attendre les participations, le disque et les boucles "
                    + "d'événements, mesuré dix fois par seconde. Au-delà d'une limite la "
                    + "plateforme est sous tension, au-delà d'une autre en état critique.")
        case .capacity:
            Wording(
                "The entries a second that the platform takes: those accepted, divided by how busy "
                    + "its busiest part was. A fair share of it is what an operation has when none "
                    + "gets more than it sends, and the rest is divided by what was declared.",
                "Les participations par seconde que la plateforme absorbe : celles acceptées, "
                    + "divisées par le taux d'occupation de son composant le plus occupé. La part "
                    + "équitable d'une opération est ce qui lui revient quand aucune n'obtient "
                    + "plus qu'elle n'envoie et que le reste se partage selon ce qui a été déclaré."
            )
        case .smoothing:
            Wording(
                "Entries of one operation are let in at a limited pace; the others get a place in "
                    + "a queue and come again (C4).",
                "Les participations à une opération sont admises à un rythme limité ; les autres "
                    + "reçoivent une place dans une file et se représentent (C4).")
        case .suspension:
            Wording(
                "No entry of the operation is accepted for a time. Only a person suspends for good "
                    + "(C4, C8).",
                "Aucune participation à l'opération n'est acceptée pendant un temps. Seule une "
                    + "personne suspend à titre définitif (C4, C8).")
        case .calm:
            Wording(
                "No limit of the pressure is exceeded.", "Aucune limite de charge n'est dépassée.")
        case .policy:
            Wording(
                "The values that the automatic measures go by, the same for all operations.",
                "Les valeurs que suivent les mesures automatiques, les mêmes pour toutes les "
                    + "opérations.")
        case .journal:
            Wording(
                "The gateway's register: every fact in order, written before it takes effect.",
                "Le registre de la passerelle : chaque fait dans l'ordre, écrit avant de prendre "
                    + "effet.")
        case .record:
            Wording(
                "One fact in the journal; records are numbered from 1 without a gap.",
                "Un fait du journal ; les enregistrements sont numérotés à partir de 1, sans "
                    + "lacune."
            )
        case .chain:
            Wording(
                "A checksum (SHA-256) over everything in the journal up to there: a change of any "
                    + "earlier byte changes it.",
                "Une empreinte (SHA-256) de tout le journal jusque-là : changer un octet antérieur "
                    + "la change.")
        case .rules:
            Wording(
                "The operator's terms as numbered rules: C1, campaigns are declared before they "
                    + "start; C2, more than 50,000 participants are announced beforehand; C3, "
                    + "where a notice is missing and the platform slows down, the operation may be "
                    + "suspended to keep the services available for everyone; C3b, an operation "
                    + "that degrades the others' service is held to its fair share, whatever was "
                    + "declared; C4, first smoothed, then suspended for a time; C8, the grounds of "
                    + "a suspension; C16, keys declared lost, stolen or replaced; C18, an export "
                    + "precedes a deletion.",
                "Les conditions de l'opérateur en règles numérotées : C1, les campagnes se "
                    + "déclarent avant de commencer ; C2, plus de 50 000 participants s'annoncent "
                    + "au préalable ; C3, si un préavis manque et que la plateforme ralentit, "
                    + "l'opération peut être suspendue afin de maintenir les services pour tous ; "
                    + "C3b, une opération qui dégrade le service des autres est ramenée à sa part "
                    + "équitable, quoi qui ait été déclaré ; C4, d'abord lissée, puis suspendue "
                    + "pour un temps ; C8, les motifs de suspension ; C16, les clés déclarées "
                    + "perdues, volées ou remplacées ; C18, un export précède une suppression.")
        }
    }
}

internal import Contract

extension Finding.Figure: Phrase {
    var wording: Wording {
        switch self {
        case .participants: Wording("entered so far", "inscrits à ce moment")
        case .queueWait:
            Wording("mean wait of an entry", "attente moyenne d'une participation")
        case .wait:
            Wording(
                "mean wait of an entry, to be read and then to be decided",
                "attente moyenne d'une participation, avant sa lecture puis avant sa décision")
        case .commitTime:
            Wording("mean time to store a batch", "durée moyenne d'écriture d'un lot")
        case .loopLag:
            Wording("mean delay of the event loops", "retard moyen des boucles d'événements")
        case .unreadWait:
            Wording(
                "mean time that a request waited to be read",
                "attente moyenne d'une requête avant sa lecture")
        case .shed:
            Wording("requests refused for lack of room", "requêtes refusées faute de place")
        case .memory:
            Wording("time that tasks waited for memory", "temps passé à attendre de la mémoire")
        case .loadShare:
            Wording("this operation's share of the load", "part de l'opération dans la charge")
        case .attempts:
            Wording(
                "entries that came, of all operations",
                "participations reçues, toutes opérations confondues")
        case .operationAttempts:
            Wording(
                "entries of this operation that came", "participations reçues pour l'opération")
        case .strain: Wording("the strain lasted", "durée de la tension")
        case .calm: Wording("the calm lasted", "durée du calme")
        case .suspension: Wording("the suspension lasted", "durée de la suspension")
        case .othersWait:
            Wording(
                "mean wait of an entry of the other operations",
                "attente moyenne d'une participation aux autres opérations")
        case .tagEntries:
            Wording(
                "entries with undeclared tags", "participations portant une étiquette non déclarée")
        case .tagShare:
            Wording("their share of the operation's", "leur part dans celles de l'opération")
        case .riseEntries:
            Wording("entries that came to the operation", "participations adressées à l'opération")
        case .clientParticipants:
            Wording(
                "entered the client's operations that announced no more than is free",
                "inscrits aux opérations du client qui n'ont rien annoncé au-delà du seuil libre")
        case .expectedParticipants: Wording("participants announced", "participants annoncés")
        case .recipients: Wording("recipients declared", "destinataires déclarés")
        }
    }
}

extension Finding.Relation: Phrase {
    /// Follows the figure.
    var wording: Wording {
        switch self {
        case .above:
            Wording("the limit in force was {limit}", "la limite en vigueur était de {limit}")
        case .atLeast:
            Wording(
                "the threshold in force was {limit}", "le seuil en vigueur était de {limit}")
        case .atMost:
            Wording(
                "the maximum in force was {limit}", "le maximum en vigueur était de {limit}")
        }
    }
}

extension LimitSource: Phrase {
    var wording: Wording {
        switch self {
        case .cover: Wording("cover", "couverture")
        case .nearCover: Wording("80% of the cover", "80 % de la couverture")
        case .contract: Wording("contract", "contrat")
        case .record: Wording("same record", "même enregistrement")
        case .capacity: Wording("capacity", "capacité")
        case .fittingCapacity: Wording("80% of the capacity", "80 % de la capacité")
        case .fairShare: Wording("fair share", "part équitable")
        case .sharePermille, .suspendAfterSeconds, .calmSeconds, .sourceEntries, .sourcePermille,
            .riseEntries:
            Wording("policy", "politique")
        }
    }
}

/// The settings of a policy.
enum PolicyPhrase: String, Phrase {
    case share = "share_permille"
    case suspendAfter = "suspend_after_seconds"
    case suspension = "suspension_seconds"
    case longestSuspension = "longest_suspension_seconds"
    case calm = "calm_seconds"
    case target = "target_permille"
    case targetWait = "target_wait_milliseconds"
    case leastPace = "least_pace"
    case sourceEntries = "source_entries"
    case sourceShare = "source_permille"
    case riseEntries = "rise_entries"
    case riseWindow = "rise_seconds"

    var unit: Unit {
        switch self {
        case .share, .target, .sourceShare: .permille
        case .suspendAfter, .suspension, .longestSuspension, .calm, .riseWindow: .seconds
        case .targetWait: .milliseconds
        case .leastPace: .entriesPerSecond
        case .sourceEntries, .riseEntries: .entries
        }
    }

    var wording: Wording {
        switch self {
        case .share:
            Wording(
                "share of the load from which an operation causes strain",
                "part de la charge à partir de laquelle une opération est cause de tension")
        case .suspendAfter:
            Wording(
                "strain after which a smoothed operation is suspended",
                "durée de tension après laquelle une opération lissée est suspendue")
        case .suspension:
            Wording(
                "first suspension; each further one within a day is twice as long",
                "première suspension ; chaque suivante en un jour dure le double")
        case .longestSuspension:
            Wording("longest automatic suspension", "plus longue suspension automatique")
        case .calm:
            Wording(
                "calm after which a measure ends", "durée de calme après laquelle une mesure cesse")
        case .target:
            Wording(
                "share of the capacity at which smoothing begins",
                "part de la capacité à laquelle le lissage commence")
        case .targetWait:
            Wording(
                "wait of an entry that smoothing holds",
                "attente d'une participation que maintient le lissage")
        case .leastPace: Wording("lowest pace of smoothing", "rythme de lissage le plus bas")
        case .sourceEntries:
            Wording(
                "entries in ten seconds from which an undeclared tag is a surge",
                "participations en dix secondes à partir desquelles une étiquette non déclarée est "
                    + "un afflux")
        case .sourceShare:
            Wording(
                "share of the operation's entries that such a tag must have",
                "part des participations de l'opération qu'une telle étiquette doit atteindre")
        case .riseEntries:
            Wording(
                "entries in the window below which no rise needs an announcement",
                "participations dans la fenêtre en deçà desquelles nulle hausse n'est à annoncer")
        case .riseWindow:
            Wording("window of a rise", "fenêtre d'une hausse")
        }
    }
}

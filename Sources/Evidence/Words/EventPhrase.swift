/// What is said of one record.
enum EventPhrase: Phrase {
    case created, changed, opened, closed
    case byEmail, byPhone, secondKey, cappedParticipants, cappedEntries
    case suspendedUntil, suspendedForGood, suspendedOpenEnd, resumed, resumedConfirmed
    case clientSuspendedUntil, clientSuspendedForGood, clientSuspendedOpenEnd
    case clientResumed, clientResumedConfirmed, clientSuspensionEnded
    case noticeDelivered, urgent, operatorFault, exchange, exchangeWithClient, calendarSet
    case paceSet, paceRemoved
    case reset, deleted, exported, handedOut
    case keyAdded, serverKeyAdded, keyRevoked, keySuspected, declaredAt
    case tokenAdded, tokenRenewed, tokenRevoked, tokenSuspected
    case permitIssued, permitRevoked, permitPurged, permitForgotten
    case clientNamed, noticeGiven, noticeWithdrawn, campaignDeclared, campaignWithdrawn
    case until, doesNotCount
    case policySet, policyRules, started, startedWithPolicy, measured, unknownSource, answered
    case queueRecorded, placesGiven, placesShuffled
    case undeclaredTogether, rise, clientCrossed, clientWithin
    case missingClient, missingCampaign, missingRise
    case coverNear, coverCrossed, suspensionEnded
    case smoothed, smoothedToFairShare, stepSuspended, resumedExpired, resumedCalm, advised
    case refusingStrains, circumstances, crossed, level, capacity, limitedBy, nodes, note

    var wording: Wording {
        switch self {
        case .created:
            Wording(
                "The operation was created with the title “{title}”: {rule}, automatic measures "
                    + "{policy}, time zone {zone}.",
                "L'opération a été créée sous le titre « {title} » : {rule}, mesures automatiques "
                    + "{policy}, fuseau horaire {zone}.")
        case .changed:
            Wording(
                "The operation's settings were changed: title “{title}”, {rule}, automatic "
                    + "measures {policy}, time zone {zone}.",
                "Les réglages de l'opération ont été modifiés : titre « {title} », {rule}, mesures "
                    + "automatiques {policy}, fuseau horaire {zone}.")
        case .byEmail:
            Wording(
                "Spellings of one e-mail address are one participant (C25).",
                "Les graphies d'une même adresse électronique sont un seul participant (C25).")
        case .byPhone:
            Wording(
                "Spellings of one telephone number are one participant, country {country} (C25).",
                "Les graphies d'un même numéro de téléphone sont un seul participant, pays "
                    + "{country} (C25).")
        case .secondKey:
            Wording(
                "At most {entries} for each second key “{name}” (C25).",
                "Au plus {entries} par seconde clé « {name} » (C25).")
        case .cappedParticipants:
            Wording("At most {participants} (C25).", "Au plus {participants} (C25).")
        case .cappedEntries:
            Wording("At most {entries} in all (C25).", "Au plus {entries} en tout (C25).")
        case .opened: Wording("The operation was opened.", "L'opération a été ouverte.")
        case .closed: Wording("The operation was closed.", "L'opération a été close.")
        case .suspendedUntil:
            Wording(
                "A person suspended the operation on the ground {ground} (C8), until {until}.",
                "Une personne a suspendu l'opération pour le motif suivant : {ground} (C8), "
                    + "jusqu'au {until}.")
        case .suspendedForGood:
            Wording(
                "A person suspended the operation on the ground {ground} (C8), for good.",
                "Une personne a suspendu l'opération pour le motif suivant : {ground} (C8), à "
                    + "titre définitif.")
        case .suspendedOpenEnd:
            Wording(
                "A person suspended the operation on the ground {ground} (C8), until further "
                    + "notice.",
                "Une personne a suspendu l'opération pour le motif suivant : {ground} (C8), "
                    + "jusqu'à nouvel ordre.")
        case .resumed:
            Wording("A person resumed the operation.", "Une personne a rétabli l'opération.")
        case .resumedConfirmed:
            Wording(
                "An administrator confirmed the end of the operation's suspension (C4).",
                "Un administrateur a confirmé la levée de la suspension de l'opération (C4).")
        case .clientSuspendedUntil:
            Wording(
                "A person suspended the client with all its operations on the ground {ground} "
                    + "(C8), until {until}.",
                "Une personne a suspendu le client et toutes ses opérations pour le motif "
                    + "suivant : {ground} (C8), jusqu'au {until}.")
        case .clientSuspendedForGood:
            Wording(
                "A person suspended the client with all its operations on the ground {ground} "
                    + "(C8), for good.",
                "Une personne a suspendu le client et toutes ses opérations pour le motif "
                    + "suivant : {ground} (C8), à titre définitif.")
        case .clientSuspendedOpenEnd:
            Wording(
                "A person suspended the client with all its operations on the ground {ground} "
                    + "(C8), until further notice.",
                "Une personne a suspendu le client et toutes ses opérations pour le motif "
                    + "suivant : {ground} (C8), jusqu'à nouvel ordre.")
        case .clientResumed:
            Wording(
                "A person ended the client's suspension.",
                "Une personne a levé la suspension du client.")
        case .clientResumedConfirmed:
            Wording(
                "An administrator confirmed the end of the client's suspension (C4).",
                "Un administrateur a confirmé la levée de la suspension du client (C4).")
        case .clientSuspensionEnded:
            Wording(
                "The client's suspension on the ground {ground} ended as planned at {until}.",
                "La suspension du client pour le motif suivant : {ground}, a pris fin comme prévu "
                    + "le {until}.")
        case .noticeDelivered:
            Wording(
                "The client's notice was delivered on {time} (C8).",
                "La notification au client a été présentée le {time} (C8).")
        case .urgent:
            Wording(
                "It was urgent, and waited for no notice (C8).",
                "Il y avait urgence, sans préavis (C8).")
        case .operatorFault:
            Wording(
                "The cause is the operator's own fault (C9).",
                "La cause relève de la seule faute de l'opérateur (C9).")
        case .exchange:
            Wording(
                "Exchange about the operation (C15): “{text}”.",
                "Échange au sujet de l'opération (C15) : « {text} ».")
        case .exchangeWithClient:
            Wording(
                "Exchange with the client (C15): “{text}”.",
                "Échange avec le client (C15) : « {text} ».")
        case .calendarSet:
            Wording(
                "The operator's time zone is {zone}; its days off are the public holidays of "
                    + "{holidays}.",
                "Le fuseau horaire de l'opérateur est {zone} ; ses jours fériés sont ceux du "
                    + "droit suivant : {holidays}.")
        case .paceSet:
            Wording(
                "A person set a pace of {pace} at most (C4).",
                "Une personne a fixé un rythme de {pace} au plus (C4).")
        case .paceRemoved:
            Wording("A person removed the pace.", "Une personne a levé la limite de rythme.")
        case .reset:
            Wording(
                "The operation was reset to zero. {export}",
                "L'opération a été remise à zéro. {export}")
        case .deleted:
            Wording("The operation was deleted. {export}", "L'opération a été supprimée. {export}")
        case .exported:
            Wording(
                "Exported before (C18): {entries} of {participants}, to the file {file}, SHA-256 "
                    + "{sha256}.",
                "Export préalable (C18) : {entries} de {participants}, dans le fichier {file}, "
                    + "SHA-256 {sha256}.")
        case .handedOut:
            Wording(
                "The entries up to record {record} were handed out as {format}, with what the "
                    + "participants gave (C17, C18).",
                "Les participations jusqu'à l'enregistrement {record} ont été remises au format "
                    + "{format}, avec les données des participants (C17, C18).")
        case .keyAdded:
            Wording(
                "The front-end key {key} was created.",
                "La clé d'accès {key} du site de jeu a été créée.")
        case .serverKeyAdded:
            Wording(
                "The front-end key {key} was created, for a server.",
                "La clé d'accès {key} du site de jeu a été créée, pour un serveur.")
        case .keyRevoked:
            Wording(
                "The front-end key {key} was revoked as {reason} (C16).",
                "La clé d'accès {key} du site de jeu a été révoquée comme {reason} (C16).")
        case .keySuspected:
            Wording(
                "The front-end key {key} is suspected: it is watched, and not refused (C16).",
                "La clé d'accès {key} du site de jeu est tenue pour suspecte : elle est "
                    + "surveillée, et non refusée (C16).")
        case .declaredAt:
            Wording("It was declared so at {time}.", "Déclaration faite le {time}.")
        case .tokenAdded:
            Wording(
                "The token {token} was created for the {holder}; it expires on {expires}.",
                "Le jeton {token} a été créé pour : {holder} ; il expire le {expires}.")
        case .tokenRenewed:
            Wording(
                "The token {token} was renewed by {successor}, which expires on {expires}; "
                    + "{token} is refused from {until} at the latest (C16).",
                "Le jeton {token} a été renouvelé par {successor}, qui expire le {expires} ; "
                    + "{token} est refusé au plus tard à partir du {until} (C16).")
        case .tokenRevoked:
            Wording(
                "The token {token} was revoked as {reason} (C16).",
                "Le jeton {token} a été révoqué (C16) ; cause : {reason}.")
        case .tokenSuspected:
            Wording(
                "The token {token} is suspected: it is watched, and not refused (C16).",
                "Le jeton {token} est tenu pour suspect : il est surveillé, et non refusé (C16).")
        case .permitIssued:
            Wording(
                "The permit {permit} for a load test allows test entries from {starts} until "
                    + "{ends}, {pace}; they count nowhere (C7).",
                "L'autorisation {permit} d'un test de charge admet des participations d'essai du "
                    + "{starts} au {ends}, {pace} ; elles ne sont comptées nulle part (C7).")
        case .permitRevoked:
            Wording(
                "The permit {permit} was revoked (C7).",
                "L'autorisation {permit} a été révoquée (C7).")
        case .permitPurged:
            Wording(
                "The test entries of the permit {permit} were taken out of every count (C7).",
                "Les participations d'essai de l'autorisation {permit} ont été retirées de tous "
                    + "les comptes (C7).")
        case .permitForgotten:
            Wording(
                "What the test entries of the permit {permit} gave was forgotten: {entries} "
                    + "(C7, C19).",
                "Les données des participations d'essai de l'autorisation {permit} ont été "
                    + "effacées : {entries} (C7, C19).")
        case .clientNamed:
            Wording(
                "The client {client} was recorded under the name “{name}”.",
                "Le client {client} a été enregistré sous le nom « {name} ».")
        case .noticeGiven:
            Wording(
                "A traffic notice announced {participants} (C2).",
                "Un préavis de trafic a annoncé {participants} (C2).")
        case .noticeWithdrawn:
            Wording("The traffic notice was withdrawn.", "Le préavis de trafic a été retiré.")
        case .campaignDeclared:
            Wording(
                "The campaign {campaign} was declared: {channel}, {recipients}, starting "
                    + "{starts}{end} (C1).",
                "La campagne {campaign} a été déclarée : {channel}, {recipients}, début le "
                    + "{starts}{end} (C1).")
        case .campaignWithdrawn:
            Wording(
                "The campaign {campaign} was withdrawn.", "La campagne {campaign} a été retirée.")
        case .until: Wording(", ending {ends}", ", fin le {ends}")
        case .doesNotCount:
            Wording(
                "It came too late to count: C1 and C2 demand it beforehand.",
                "Déclaration trop tardive pour être comptée : C1 et C2 l'exigent au préalable.")
        case .policySet:
            Wording("A policy came into force.", "Une politique est entrée en vigueur.")
        case .policyRules:
            Wording(
                "An operation causes strain from {share} of the load on; strain that lasts {after} "
                    + "suspends it, the first time for {length}.",
                "Une opération est cause de tension à partir de {share} de la charge ; une tension "
                    + "qui dure {after} la suspend, la première fois pour {length}.")
        case .started:
            Wording(
                "A process of version {version} started.",
                "Un processus de la version {version} a démarré.")
        case .startedWithPolicy:
            Wording(
                "A process of version {version} started; its settings brought another policy.",
                "Un processus de la version {version} a démarré ; ses réglages ont apporté une "
                    + "autre politique.")
        case .measured:
            Wording("The pressure was measured.", "La charge de la plateforme a été mesurée.")
        case .unknownSource:
            Wording(
                "The undeclared campaign tag {source} brought {entries} within {window}, {share} "
                    + "of the operation's (C1).",
                "L'étiquette de campagne {source}, non déclarée, a apporté {entries} en {window}, "
                    + "soit {share} de celles de l'opération (C1).")
        case .undeclaredTogether:
            Wording(
                "All undeclared tags together brought {entries}.",
                "L'ensemble des étiquettes non déclarées a apporté {entries}.")
        case .rise:
            Wording(
                "{entries} came within {window}: a rise that nothing announced (C1, C2).",
                "{entries} en {window} : une hausse que rien n'annonçait (C1, C2).")
        case .clientCrossed:
            Wording(
                "The operations of the client {client} that announced no more than is free had "
                    + "{participants} together: beyond {cover} (C2).",
                "Les opérations du client {client} qui n'ont rien annoncé au-delà du seuil libre "
                    + "comptaient ensemble {participants} : au-delà de {cover} (C2).")
        case .clientWithin:
            Wording(
                "The operations of the client {client} that announced no more than is free had "
                    + "{participants} together: within {cover}.",
                "Les opérations du client {client} qui n'ont rien annoncé au-delà du seuil libre "
                    + "comptaient ensemble {participants} : en deçà de {cover}.")
        case .missingClient:
            Wording(
                "Since {since} its client's operations together had {count}, where {allowed} need "
                    + "no notice (C2).",
                "Depuis le {since}, les opérations de son client comptaient ensemble {count}, pour "
                    + "{allowed} sans préavis (C2).")
        case .missingCampaign:
            Wording(
                "Since {since} a campaign with the tag {source} had not been declared: {count} "
                    + "within {window} (C1).",
                "Depuis le {since}, une campagne portant l'étiquette {source} n'était pas "
                    + "déclarée : {count} en {window} (C1).")
        case .missingRise:
            Wording(
                "Since {since} a rise had not been announced: {count} within {window}, where "
                    + "{allowed} need no notice (C1, C2).",
                "Depuis le {since}, une hausse n'était pas annoncée : {count} en {window}, pour "
                    + "{allowed} sans préavis (C1, C2).")
        case .answered:
            Wording(
                "While the operation was {state}, from {since} to {until}, entries were answered "
                    + "as follows: {answers}.",
                "Pendant que l'opération était {state}, du {since} au {until}, les participations "
                    + "ont reçu les réponses suivantes : {answers}.")
        case .queueRecorded:
            Wording(
                "The counters of the operation's queue were recorded.",
                "Les compteurs de la file d'attente de l'opération ont été enregistrés.")
        case .placesGiven:
            Wording(
                "Up to {places} places may be given before the opening.",
                "Jusqu'à {places} places peuvent être attribuées avant l'ouverture.")
        case .placesShuffled:
            Wording(
                "The operation opened: the {places} places of those who came before were shuffled "
                    + "with the seed {seed}.",
                "L'opération a ouvert : les {places} places des personnes venues avant ont été "
                    + "mélangées avec la graine {seed}.")
        case .coverNear:
            Wording(
                "{participants} had entered: 80% of the cover of {cover}.",
                "{participants} enregistrés : 80 % de la couverture de {cover}.")
        case .coverCrossed:
            Wording(
                "{participants} had entered: beyond the cover of {cover} (C2).",
                "{participants} enregistrés : au-delà de la couverture de {cover} (C2).")
        case .suspensionEnded:
            Wording(
                "The suspension on the ground {ground} ended as planned at {until}.",
                "La suspension pour le motif suivant : {ground}, a pris fin comme prévu le {until}."
            )
        case .smoothed:
            Wording(
                "The operation was smoothed to {pace} at most ({rule}).",
                "L'opération a été lissée à {pace} au plus ({rule}).")
        case .smoothedToFairShare:
            Wording(
                "The operation was smoothed to {pace} at most, its fair share of what the platform "
                    + "takes ({rule}).",
                "L'opération a été lissée à {pace} au plus, sa part équitable de ce que la "
                    + "plateforme absorbe ({rule}).")
        case .stepSuspended:
            Wording(
                "The operation was suspended until {until} at the latest ({rule}).",
                "L'opération a été suspendue, au plus tard jusqu'au {until} ({rule}).")
        case .resumedExpired:
            Wording(
                "The operation was resumed ({rule}): the time of its suspension was over.",
                "L'opération a repris ({rule}) : la durée de sa suspension était écoulée.")
        case .resumedCalm:
            Wording(
                "The operation was resumed ({rule}): the platform was calm, and the operation's "
                    + "demand would fit.",
                "L'opération a repris ({rule}) : la plateforme était calme et pouvait absorber la "
                    + "demande de l'opération.")
        case .advised:
            Wording(
                "Advice only, nothing was done. In force it would have been: {text}",
                "Simple conseil, sans effet. Appliquée, la mesure aurait été : {text}")
        case .refusingStrains:
            Wording(
                "Refusing its entries strained the platform by itself.",
                "Refuser ses participations suffisait à mettre la plateforme sous tension.")
        case .circumstances:
            Wording(
                "It had {participants} and a cover of {cover}{crossed}.",
                "Elle comptait {participants} pour une couverture de {cover}{crossed}.")
        case .crossed: Wording(", crossed at {time}", ", dépassée le {time}")
        case .level: Wording("The platform was {level}.", "La plateforme était {level}.")
        case .capacity:
            Wording(
                "What the platform takes: {capacity}.",
                "Ce que la plateforme absorbe : {capacity}.")
        case .limitedBy:
            Wording("It is limited by the {stage}.", "Elle est limitée par le composant : {stage}.")
        case .nodes:
            Wording(
                "The figures are those of {count} nodes together.",
                "Les chiffres sont ceux de {count} nœuds réunis.")
        case .note: Wording("Note: “{note}”.", "Note : « {note} ».")
        }
    }
}

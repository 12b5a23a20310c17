/// What is told of a verdict.
enum ExplanationPhrase: Phrase {
    case participant, robot, test, permit, none, basis, unknownRule, tool, program, person, omitted
    case sum

    var wording: Wording {
        switch self {
        case .participant:
            Wording(
                "The entry {entry} of {time} was let in and counts as a participant's.",
                "La participation {entry} du {time} a été admise et compte comme celle d'un "
                    + "participant.")
        case .robot:
            Wording(
                "The entry {entry} of {time} was let in, was judged to be a program's, and counts "
                    + "apart: not as a participant's.",
                "La participation {entry} du {time} a été admise, attribuée à un programme et "
                    + "comptée à part : non comme celle d'un participant.")
        case .test:
            Wording(
                "The entry {entry} of {time} belongs to a load test that the operator had agreed "
                    + "to; it was not judged.",
                "La participation {entry} du {time} fait partie d'un test de charge accepté par "
                    + "l'opérateur ; elle n'a pas été évaluée.")
        case .permit:
            Wording(
                "The load test's permit is {permit}.",
                "L'autorisation du test de charge est {permit}.")
        case .none:
            Wording(
                "Nothing that spoke for a program was kept of it: there was nothing, too little to "
                    + "matter, or the operation did not look.",
                "Aucun indice d'un programme n'en a été conservé : il n'y en avait pas, trop peu "
                    + "pour compter, ou l'opération n'en cherchait pas.")
        case .basis:
            Wording(
                "No person judged it: the rules did, version {version} (file {digest}). Each sign "
                    + "is weighed by how much more often programs show it than people do.",
                "Aucune personne ne l'a évaluée : les règles l'ont fait, version {version} "
                    + "(fichier {digest}). Chaque indice pèse selon que des programmes le "
                    + "présentent plus souvent que des personnes.")
        case .unknownRule:
            Wording(
                "A rule of that version, {rule}.", "Une règle de cette version, {rule}.")
        case .tool: Wording("It names {tool}.", "Elle nomme {tool}.")
        case .program:
            Wording(
                "Programs show this about {odds} times as often as people do.",
                "Des programmes présentent cet indice environ {odds} fois plus souvent que des "
                    + "personnes.")
        case .person:
            Wording(
                "People show this about {odds} times as often as programs do.",
                "Des personnes présentent cet indice environ {odds} fois plus souvent que des "
                    + "programmes.")
        case .omitted:
            Wording(
                "Further signs that were not kept: {count}.",
                "Autres indices, non conservés : {count}.")
        case .sum:
            Wording(
                "Together they are about {odds} times as likely to come from a program as from a "
                    + "person.",
                "Ensemble, ils viennent environ {odds} fois plus vraisemblablement d'un programme "
                    + "que d'une personne.")
        }
    }
}

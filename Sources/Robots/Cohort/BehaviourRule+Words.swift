extension BehaviourRule {
    /// One sentence for operators and for the person concerned (C22).
    package var says: String {
        switch self {
        case .pace: "Entries from there came at intervals as regular as a program's."
        case .cohortPace:
            "Entries with the same browser headers came at intervals as regular as a program's."
        case .hurry: "One connection entered different people faster than anybody types."
        case .template: "Many participants were written after one pattern."
        case .sequence: "The numbers in such participants ran up or down, one by one."
        case .names: "Names repeated as those from a list do."
        case .pattern:
            "Entries with these browser headers had one form of participant far more often than "
                + "others."
        case .letters:
            "Entries with these browser headers had names of letters drawn at random more often "
                + "than others."
        case .domain:
            "Entries with these browser headers had addresses of one domain far more often than "
                + "others."
        case .fields:
            "Entries with these browser headers had the very same answers far more often than "
                + "others."
        case .formTime:
            "Entries with these browser headers took the same time to fill in far more often than "
                + "others."
        case .head: "One set of browser headers, from many places, made up nearly all entries."
        case .burst:
            "Entries with one set of browser headers suddenly multiplied, from many networks, "
                + "while the others went on as before."
        case .network: "Many addresses of one network sent the same browser headers."
        case .tails: "Nobody with these browser headers ever entered twice, as people do."
        }
    }
}

internal import Contract
internal import Ledger
internal import Wire

/// The settings of what counts as one person, and of how many there may be (C25).
extension BodyReader {
    /// A country that has a telephone plan; whether its form is right says the ledger.
    mutating func country() -> String? {
        guard let country = optionalString("country") else { return nil }
        if country.utf8.count == 2, PhonePlan.of(region: country) == nil {
            addError(
                "country",
                "Must be the ISO 3166 code, in capitals, of a country with a telephone plan.")
        }
        return country
    }

    mutating func secondKey() -> SecondKeyRule? {
        optionalObject("second_key") {
            SecondKeyRule(name: $0.string("name"), limit: $0.count("limit"))
        }
    }

    mutating func cap() -> EntryCap? {
        optionalObject("cap") { cap in
            let (participants, entries) = (
                cap.optionalInteger("participants"), cap.optionalInteger("entries")
            )
            guard (participants == nil) != (entries == nil) else {
                cap.addWholeError(
                    "Must have one member: participants or entries; a merge patch takes the other "
                        + "away with null.")
                return nil
            }
            if let participants {
                guard let maximum = UInt32(exactly: participants) else {
                    cap.addError("participants", "Must be from 1 to \(UInt32.max).")
                    return nil
                }
                return .participants(maximum)
            }
            return .entries(UInt64(clamping: entries ?? 0))
        }
    }
}

extension SecondKeyRule {
    /// As settings have it.
    var json: JSONValue { .object(["name": .string(name), "limit": .integer(Int(limit))]) }

    static let shape = Shape.object([
        .required("name", .identifier, "What the key is, such as household."),
        .required(
            "limit", .integer(1...Int(LedgerLimits.secondKeyEntries)),
            "Accepted entries of one key; under the rule `daily` in one day."),
    ])
}

extension EntryCap {
    /// As settings have it.
    var json: JSONValue {
        switch self {
        case .participants(let maximum): .object(["participants": .integer(Int(maximum))])
        case .entries(let maximum): .object(["entries": .integer(Int(clamping: maximum))])
        }
    }

    /// One of the two.
    static let shape = Shape.object([
        .optional("participants", .nullable(.integer(1...Int(UInt32.max)))),
        .optional("entries", .nullable(.integer(1...Int(LedgerLimits.cappedEntries)))),
    ])
}

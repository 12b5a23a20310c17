import ArgumentParser
import Wire

/// The settings of an operation that have a default, as options of `operation put` and
/// `operation set`.
struct SettingOptions: ParsableArguments {
    enum Rule: String, ExpressibleByArgument, CaseIterable {
        case once, daily, unlimited
    }

    enum Identity: String, ExpressibleByArgument, CaseIterable {
        case opaque, email, phone
    }

    enum Robots: String, ExpressibleByArgument, CaseIterable {
        case off, observe, challenge, refuse
    }

    enum Policy: String, ExpressibleByArgument, CaseIterable {
        case advise, enforce
    }

    enum Start: String, ExpressibleByArgument, CaseIterable {
        case firstCome = "first_come"
        case shuffled
    }

    @Option(parsing: .unconditional, help: "How often one participant may enter. Default: once.")
    var rule: Rule?
    @Option(
        parsing: .unconditional,
        help: .init(
            "The time zone of its days and dates (IANA). Default: the operator's.",
            valueName: "zone"))
    var timeZone: String?
    @Option(parsing: .unconditional, help: .init("When it opens (RFC 3339).", valueName: "time"))
    var opens: String?
    @Option(parsing: .unconditional, help: .init("When it closes (RFC 3339).", valueName: "time"))
    var closes: String?
    @Option(
        parsing: .unconditional,
        help: .init(
            "Whether participants who come before it opens are refused, or get places that are "
                + "shuffled at the opening. Default: first_come."))
    var start: Start?
    @Option(
        parsing: .unconditional,
        help: .init("The age that every entry must confirm.", valueName: "years"))
    var minimumAge: Int?
    @Option(
        name: .customLong("consent"),
        parsing: .unconditionalSingleValue,
        help: .init("A consent that every entry must give. Repeatable.", valueName: "code"))
    var consents: [String] = []
    @Option(
        name: .customLong("consent-text"),
        parsing: .unconditionalSingleValue,
        help: .init(
            "The SHA-256 of the text of a consent, required or not (sha256sum FILE); entries that "
                + "give the consent record it. Repeatable.", valueName: "code=sha256"))
    var consentTexts: [String] = []
    @Option(
        name: .customLong("allowed-origin"),
        parsing: .unconditionalSingleValue,
        help: .init(
            "A web origin that browsers may send from, such as https://www.example.com; * for all. "
                + "Repeatable.", valueName: "origin"))
    var allowedOrigins: [String] = []
    @Option(
        parsing: .unconditional,
        help: .init(
            "What the public is told while the operation is suspended. Default: a neutral "
                + "sentence.",
            valueName: "text"))
    var publicReason: String?
    @Option(
        parsing: .unconditional,
        help: .init(
            "What a participant is: spellings of one e-mail address or telephone number are one. "
                + "Fixed once there are entries. Default: opaque."))
    var identity: Identity?
    @Option(
        parsing: .unconditional,
        help: .init(
            "The country whose national telephone numbers --identity phone reads, such as FR.",
            valueName: "country"))
    var country: String?
    @Option(
        parsing: .unconditional,
        help: .init(
            "A second key that each entry brings, and how many entries it may bring (under --rule "
                + "daily: a day), such as household=1. Fixed once there are entries.",
            valueName: "name=limit"))
    var secondKey: String?
    @Option(
        parsing: .unconditional,
        help: .init("The most participants; then it is closed to others.", valueName: "number"))
    var capParticipants: Int?
    @Option(
        parsing: .unconditional,
        help: .init("The most entries; then it is closed.", valueName: "number"))
    var capEntries: Int?
    @Option(
        parsing: .unconditional,
        help: .init(
            "What to do about entries that look like a robot's: nothing, let them in and count "
                + "robots apart, ask to solve a challenge, refuse robots. Default: observe."))
    var robots: Robots?
    @Option(
        name: .customLong("network"),
        parsing: .unconditionalSingleValue,
        help: .init(
            "A network that the client names as its own, such as 192.0.2.0/24: robots from there "
                + "are counted as its own. Repeatable.", valueName: "network"))
    var networks: [String] = []
    @Option(
        name: .customLong("allowed-robot"),
        parsing: .unconditionalSingleValue,
        help: .init(
            "A robot that is let in, and counted as one, where it signs its entries by a key that "
                + "the ruleset pins under this name. Repeatable.", valueName: "name"))
    var allowedRobots: [String] = []
    @Option(
        parsing: .unconditional,
        help: "Whether the ladder acts or only records what it would do. Default: advise.")
    var policy: Policy?

    func validate() throws {
        for text in consentTexts where !text.contains("=") {
            throw ValidationError(
                "--consent-text takes CODE=SHA256, such as "
                    + "rules=$(sha256sum rules.txt | cut -c 1-64)")
        }
        if secondKey != nil, secondKeyParts == nil {
            throw ValidationError("--second-key takes NAME=LIMIT, such as household=1")
        }
        if capParticipants != nil, capEntries != nil {
            throw ValidationError("a cap is of participants or of entries, not of both")
        }
    }

    /// A name and a whole number.
    private var secondKeyParts: (name: String, limit: Int)? {
        guard let secondKey, let sign = secondKey.lastIndex(of: "="),
            let limit = Int(secondKey[secondKey.index(after: sign)...])
        else { return nil }
        return (String(secondKey[..<sign]), limit)
    }

    private var cap: JSONValue? {
        if let capParticipants { return .object(["participants": .integer(capParticipants)]) }
        return capEntries.map { .object(["entries": .integer($0)]) }
    }

    /// The request's members, without the options that were not given.
    var members: [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        members["rule"] = rule.map { .string($0.rawValue) }
        members["time_zone"] = timeZone.map(JSONValue.string)
        members["opens"] = opens.map(JSONValue.string)
        members["closes"] = closes.map(JSONValue.string)
        members["start"] = start.map { .string($0.rawValue) }
        members["minimum_age"] = minimumAge.map(JSONValue.integer)
        members["public_reason"] = publicReason.map(JSONValue.string)
        members["identity"] = identity.map { .string($0.rawValue) }
        members["country"] = country.map(JSONValue.string)
        members["second_key"] = secondKeyParts.map {
            .object(["name": .string($0.name), "limit": .integer($0.limit)])
        }
        members["cap"] = cap
        members["robots"] = robots.map { .string($0.rawValue) }
        members["policy"] = policy.map { .string($0.rawValue) }
        if !consents.isEmpty { members["consents"] = .array(consents.map(JSONValue.string)) }
        if !networks.isEmpty { members["networks"] = .array(networks.map(JSONValue.string)) }
        if !allowedRobots.isEmpty {
            members["allowed_robots"] = .array(allowedRobots.map(JSONValue.string))
        }
        if !consentTexts.isEmpty { members["consent_texts"] = .object(digests) }
        if !allowedOrigins.isEmpty {
            members["allowed_origins"] = .array(allowedOrigins.map(JSONValue.string))
        }
        return members
    }

    /// The code may have an equals sign, a digest has none.
    private var digests: [String: JSONValue] {
        var digests: [String: JSONValue] = [:]
        for text in consentTexts {
            guard let sign = text.lastIndex(of: "=") else { continue }
            digests[String(text[..<sign])] = .string(String(text[text.index(after: sign)...]))
        }
        return digests
    }
}

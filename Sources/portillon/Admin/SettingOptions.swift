import ArgumentParser
import Wire

/// The settings of an operation that have a default, as options of `operation put` and
/// `operation set`.
struct SettingOptions: ParsableArguments {
    enum Rule: String, ExpressibleByArgument, CaseIterable {
        case once, daily, unlimited
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
            "What to do about entries that look like a robot's: nothing, note it, ask to solve a "
                + "challenge, refuse. Nothing is detected yet; with challenge or refuse, front "
                + "ends can get challenges, and solutions are verified. Default: observe."))
    var robots: Robots?
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
        members["robots"] = robots.map { .string($0.rawValue) }
        members["policy"] = policy.map { .string($0.rawValue) }
        if !consents.isEmpty { members["consents"] = .array(consents.map(JSONValue.string)) }
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

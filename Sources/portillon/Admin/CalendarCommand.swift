import ArgumentParser
import Wire

/// `portillon calendar`: what is expected when, and when the operator works.
struct CalendarCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calendar",
        abstract: "Show what is expected when; show and set the operator's business hours.",
        discussion: """
            portillon calendar
            portillon calendar --from 2026-12-01T00:00:00Z --to 2027-01-01T00:00:00Z --json
            portillon calendar hours
            """,
        subcommands: [Show.self, Hours.self, SetHours.self], defaultSubcommand: Show.self)

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract:
                "Show the declared campaigns, and the entries that they are expected to bring.",
            discussion: """
                portillon calendar
                portillon calendar --from 2026-12-01T00:00:00Z --to 2027-01-01T00:00:00Z --json

                With a client's token, campaigns of others are shown without names. For a calendar \
                program: GET /v1/calendar.ics.
                """)

        @Option(
            parsing: .unconditional,
            help: .init("The first moment (RFC 3339). Default: now.", valueName: "time"))
        var from: String?
        @Option(
            parsing: .unconditional,
            help: .init(
                "The first moment that is left out, at most 62 days later. Default: 31 days of "
                    + "campaigns, and all that is announced of maintenance and changes.",
                valueName: "time"))
        var to: String?
        @OptionGroup var options: AdminOptions

        func run() throws {
            var query: [(name: String, value: String)] = []
            if let from { query.append(("from", from)) }
            if let to { query.append(("to", to)) }
            let answer = try options.client().call("GET", ["v1", "calendar"], query: query)
            try options.show(answer, as: CalendarText.calendar)
        }
    }

    struct Hours: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "hours",
            abstract: "Show the operator's business hours.",
            discussion: "portillon calendar hours --json")

        @OptionGroup var options: AdminOptions

        func run() throws {
            let answer = try options.client().call("GET", ["v1", "calendar"])
            try options.show(
                answer["business_hours"] ?? .object([:]), as: CalendarCommand.hours)
        }
    }

    struct SetHours: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set-hours",
            abstract: "Set the operator's business hours: by when work on an incident starts.",
            discussion: """
                portillon calendar set-hours --opens 09:00 --closes 18:00 --holidays FR
                portillon calendar set-hours --opens 08:00 --closes 20:00 --day monday \
                --day saturday --time-zone Europe/Paris --day-off 2026-12-24

                What was promised before stays as it was.
                """)

        @Option(
            parsing: .unconditional, help: .init("When the operator opens.", valueName: "hh:mm"))
        var opens: String
        @Option(
            parsing: .unconditional,
            help: .init("When the operator closes; 24:00 at most.", valueName: "hh:mm"))
        var closes: String
        @Option(
            name: .customLong("day"), parsing: .unconditionalSingleValue,
            help: .init("A day of work. Default: monday to friday. Repeatable.", valueName: "day"))
        var days: [String] = []
        @Option(
            parsing: .unconditional,
            help: .init("The time zone. Default: the one of the settings.", valueName: "zone"))
        var timeZone: String?
        @Option(
            parsing: .unconditional,
            help: .init(
                "FR or FR-ALSACE-MOSELLE. Default: those of the settings.", valueName: "code"))
        var holidays: String?
        @Option(
            name: .customLong("day-off"), parsing: .unconditionalSingleValue,
            help: .init(
                "A day off; in place of the public holidays. Repeatable.", valueName: "date"))
        var daysOff: [String] = []
        @OptionGroup var options: AdminOptions

        func validate() throws {
            guard holidays == nil || daysOff.isEmpty else {
                throw ValidationError("Give --holidays or --day-off, not both.")
            }
        }

        func run() throws {
            let answer = try options.client().call("PUT", ["v1", "calendar"], body)
            try options.remarkIfUnchanged(answer, "the business hours are so already")
            try options.show(answer, as: CalendarCommand.hours)
        }

        /// The request's body, without the options that were not given.
        var body: [String: JSONValue] {
            let week = ["monday", "tuesday", "wednesday", "thursday", "friday"]
            var body: [String: JSONValue] = [
                "opens": .string(opens), "closes": .string(closes),
                "days": .array((days.isEmpty ? week : days).map(JSONValue.string)),
            ]
            body["time_zone"] = timeZone.map(JSONValue.string)
            body["holidays"] = holidays.map(JSONValue.string)
            if !daysOff.isEmpty { body["holidays"] = .array(daysOff.map(JSONValue.string)) }
            return body
        }
    }

    fileprivate static func hours(_ hours: JSONValue) -> String {
        func list(_ value: JSONValue?) -> String {
            value.map { $0.elements.isEmpty ? $0.text : words($0.elements) } ?? ""
        }
        return listing([
            ("opens", hours["opens"]?.text ?? ""), ("closes", hours["closes"]?.text ?? ""),
            ("days", list(hours["days"])), ("time zone", hours["time_zone"]?.text ?? ""),
            ("holidays", list(hours["holidays"])),
        ])
    }

    private static func words(_ elements: [JSONValue]) -> String {
        elements.map(\.text).joined(separator: ", ")
    }
}

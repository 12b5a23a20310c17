import ArgumentParser
import Contract
import Wire

/// A wrong word is answered with those that exist.
extension SuspensionGround: ExpressibleByArgument {}

extension SuspensionNotice.Terms: ExpressibleByArgument {}

/// What a suspension is: of an operation or of a client (C8).
struct SuspensionOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: "The ground, for the record and the client. The public is not told.")
    var ground: SuspensionGround

    @Option(
        parsing: .unconditional,
        help: .init(
            "What the public is told. Default: the operation's own public reason.",
            valueName: "text"))
    var publicReason: String?

    @Option(
        parsing: .unconditional,
        help: .init("When the suspension ends (RFC 3339).", valueName: "time"))
    var until: String?

    @Flag(help: "For good: only an admin can lift it, by a confirmed resume.")
    var definitive = false

    @Option(
        parsing: .unconditional,
        help: .init(
            "When the client's notice was delivered (RFC 3339): for unpaid and breach.",
            valueName: "time"))
    var noticeDelivered: String?

    @Option(
        parsing: .unconditional,
        help: "The terms that were breached: the platform's (a) or the maintenance service's (b).")
    var terms: SuspensionNotice.Terms?

    @Flag(help: "It is urgent and waits for no notice; an admin's to say.")
    var urgent = false

    @Flag(help: "The cause is the operator's own fault alone, for the reckoning of availability.")
    var operatorFault = false

    @Option(parsing: .unconditional, help: "A note for the record.") var note: String

    @Flag(help: "Do not ask before a suspension that follows a notice.") var yes = false

    func validate() throws {
        if terms != nil, noticeDelivered == nil {
            throw ValidationError("--terms needs --notice-delivered")
        }
    }

    /// The request's body, without the options that were not given.
    var body: [String: JSONValue] {
        var body: [String: JSONValue] = [
            "ground": .string(ground.rawValue), "note": .string(note),
        ]
        body["until"] = until.map(JSONValue.string)
        body["public_reason"] = publicReason.map(JSONValue.string)
        if definitive { body["definitive"] = .bool(true) }
        if let noticeDelivered {
            var notice = ["delivered_at": JSONValue.string(noticeDelivered)]
            notice["terms"] = (terms?.rawValue).map(JSONValue.string)
            body["notice"] = .object(notice)
        }
        if urgent { body["urgent"] = .bool(true) }
        if operatorFault { body["fault"] = .string("operator") }
        return body
    }

    /// Shows from when on a suspension after this notice is allowed, and asks where a person can
    /// answer. One that is not allowed yet is left to the gateway to refuse.
    /// - Parameter subject: the name of what is suspended.
    func confirm(_ subject: String, _ gateway: GatewayClient) throws {
        guard let noticeDelivered, !urgent else { return }
        var query = [
            (name: "ground", value: ground.rawValue),
            (name: "delivered_at", value: noticeDelivered),
        ]
        if let terms { query.append((name: "terms", value: terms.rawValue)) }
        let rule = try gateway.call("GET", ["v1", "suspension-notice"], query: query)
        guard let notBefore = rule["not_before"]?.string else { return }
        let days = "\(rule["days"]?.text ?? "") \(rule["kind"]?.text ?? "") days"
        let text =
            "A suspension on the ground \(ground.rawValue) is allowed from \(notBefore) on: "
            + "\(days) after the notice (\(rule["clause"]?.text ?? "")), in the time zone "
            + "\(rule["time_zone"]?.text ?? "")."
        try Output.error.write("portillon: \(printable(text))\n")
        guard rule["allowed"]?.bool == true, !yes, Output.error.isTerminal, Output.isInputTerminal
        else { return }
        try Output.error.write("Suspend \(printable(subject))? [y/N] ")
        guard ["y", "yes"].contains(readLine()?.lowercased()) else {
            throw CommandFailure(.refused, "nothing was changed")
        }
    }
}

/// What ends a suspension.
struct ResumptionOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: "A note for the record.") var note: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "The name again: an admin lifts a definitive suspension so, with a note.",
            valueName: "name"))
    var confirm: String?

    /// The request's body; nil where it is empty.
    var body: [String: JSONValue]? {
        var body: [String: JSONValue] = [:]
        body["note"] = note.map(JSONValue.string)
        body["confirm"] = confirm.map(JSONValue.string)
        return body.isEmpty ? nil : body
    }
}

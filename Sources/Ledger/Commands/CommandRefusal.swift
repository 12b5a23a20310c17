package import Time

/// Why an administrative command was not carried out; nothing has changed.
package enum CommandRefusal: Error, Equatable, Codable, Sendable {
    case unknownOperation(String)
    case unknownKey(String)
    case unknownCampaign(String)
    case unknownToken(String)
    case unknownWebhook(String)
    case unknownPermit(String)
    /// There is none of this number, or none that the author may know of.
    case unknownNumber(NumberedKind, UInt32)
    /// Another command has this number; `next` is the one to send.
    case numberTaken(NumberedKind, next: UInt32)
    /// It does not stand where the command could change it.
    case wrongState(NumberedKind, UInt32, state: String)
    /// Its receiver said that it is gone; nothing is sent there any more.
    case webhookDisabled(String)
    /// An operation was put for a client that has not been put.
    case unknownClient(String)
    /// An operation never changes hands: what was given to one client would be read by another.
    case clientFixed(operation: String, client: String)
    /// Entries were decided by the rule; another one would make them wrong.
    case ruleFixed(operation: String, rule: EntryRule)
    /// Participants of entries and tickets were told apart by what a participant is.
    case identityFixed(operation: String)
    /// Entries were counted by the second key, or were not.
    case secondKeyFixed(operation: String)
    /// There are more already than the cap allows; `what` is the plural of what it counts.
    case capBelowCount(operation: String, what: String, count: UInt64)
    /// Entries came while the operation was exported, again and again; the export would not be all.
    case exportOvertaken(String)
    /// Others changed the settings while a change of them was made.
    case settingsOvertaken(String)
    /// The name is another operation's by now: the one that the request was about was reset or
    /// deleted meanwhile.
    case operationReplaced(String)
    /// The key's identifier or its digest is another key's.
    case keyExists(String)
    /// The campaign's identifier is another declaration's.
    case campaignExists(String)
    /// Nothing is declared of an operation that is over, and it is not suspended.
    case operationClosed(String)
    /// Only a person suspends for good (C4).
    case definitiveByMachine
    /// What a person has suspended for good stays so, unless an administrator confirms otherwise.
    case definitive(String)
    /// The client's notice is too recent for a suspension on this ground (C8).
    case beforeItsTime(rule: String, notBefore: Timestamp)
    /// The path names a client that has not been put.
    case noClient(String)
    /// A client asks for what its tokens do not permit; `detail` is one sentence.
    case forbidden(detail: String)
    /// A client asks for what would lift, or take from under, a measure of others.
    case heldByAnother(String)
    /// A key or a token that is refused already: revoked, or expired.
    case notInForce(String)
    /// The token has a successor; that one is to be renewed.
    case tokenRenewed(String, by: String)
    /// One of ``LedgerLimits`` on what is kept; `name` is the plural of what it counts.
    case limitReached(name: String, limit: Int)
    /// A probe's minute that cannot be recorded.
    case minute(MinuteRefusal)
    /// The name in the path is not an identifier; `of` says whose.
    case invalidIdentifier(of: String)
    /// A field does not hold; `pointer` is a JSON Pointer (RFC 6901) into the body.
    case invalid(pointer: String, detail: String)
}

extension CommandRefusal {
    /// The stable code of the problem (RFC 9457), as `urn:portillon:problem:<code>` carries it.
    package var code: String {
        switch self {
        case .unknownOperation: "unknown_operation"
        case .unknownKey: "unknown_key"
        case .unknownClient: "unknown_client"
        case .clientFixed: "client_fixed"
        case .ruleFixed: "rule_fixed"
        case .identityFixed: "identity_fixed"
        case .secondKeyFixed: "second_key_fixed"
        case .capBelowCount: "cap_below_count"
        case .exportOvertaken: "export_overtaken"
        case .settingsOvertaken: "settings_overtaken"
        case .operationReplaced: "operation_replaced"
        case .keyExists: "key_exists"
        case .unknownCampaign: "unknown_campaign"
        case .unknownToken: "unknown_token"
        case .unknownWebhook: "unknown_webhook"
        case .unknownPermit: "unknown_permit"
        case .unknownNumber(let kind, _): "unknown_\(kind.rawValue)"
        case .numberTaken: "number_taken"
        case .wrongState: "wrong_state"
        case .webhookDisabled: "webhook_disabled"
        case .campaignExists: "campaign_exists"
        case .operationClosed: "operation_closed"
        case .definitiveByMachine: "definitive_by_machine"
        case .definitive: "definitive"
        case .beforeItsTime: "before_its_time"
        case .noClient: "unknown_client"
        case .forbidden: "forbidden"
        case .heldByAnother: "held_by_another"
        case .notInForce: "not_in_force"
        case .tokenRenewed: "token_renewed"
        case .limitReached: "limit_reached"
        case .minute(let refusal): refusal.code
        case .invalidIdentifier: "invalid_identifier"
        case .invalid: "invalid"
        }
    }

    /// The HTTP status that says the same.
    package var status: Int {
        switch self {
        case .unknownOperation, .unknownKey, .unknownCampaign, .unknownToken, .unknownWebhook,
            .unknownPermit, .unknownNumber, .noClient:
            404
        case .webhookDisabled, .numberTaken, .wrongState: 409
        case .clientFixed, .ruleFixed, .exportOvertaken, .settingsOvertaken, .operationReplaced,
            .keyExists,
            .campaignExists, .definitive, .beforeItsTime, .notInForce, .tokenRenewed,
            .identityFixed, .secondKeyFixed, .capBelowCount, .minute:
            409
        case .forbidden, .heldByAnother: 403
        case .unknownClient, .invalidIdentifier, .invalid, .operationClosed, .definitiveByMachine:
            422
        case .limitReached: 507
        }
    }

    /// One sentence for the person who sent the command.
    package var detail: String {
        switch self {
        case .unknownOperation(let id): "There is no operation `\(id)`."
        case .unknownKey(let id): "There is no key `\(id)`."
        case .unknownClient(let id): "There is no client `\(id)`; register it first."
        case .clientFixed(let operation, let client):
            "Operation `\(operation)` belongs to client `\(client)`; the client cannot change."
        case .ruleFixed(let operation, let rule):
            "Operation `\(operation)` has entries; its rule `\(rule.rawValue)` cannot change."
        case .identityFixed(let operation):
            "Operation `\(operation)` has entries or tickets; its `identity`, and the `country` of "
                + "telephone numbers, cannot change."
        case .secondKeyFixed(let operation):
            "Operation `\(operation)` has entries; its `second_key` cannot change."
        case .capBelowCount(let operation, let what, let count):
            "Operation `\(operation)` has \(Words.grouped(count)) \(what); its `cap` cannot be "
                + "less."
        case .exportOvertaken(let id):
            "Entries of operation `\(id)` keep arriving during the export; suspend it first."
        case .settingsOvertaken(let id):
            "The settings of operation `\(id)` keep changing; look at them and try again."
        case .operationReplaced(let id):
            "Operation `\(id)` was reset or deleted by another request meanwhile; nothing has "
                + "changed: read the operation again."
        case .keyExists(let id): "The key `\(id)` or its digest already exists."
        case .unknownToken(let id): "There is no token `\(id)`."
        case .unknownWebhook(let id): "There is no webhook `\(id)`."
        case .unknownPermit(let id): "There is no permit `\(id)`."
        case .unknownNumber(let kind, let number): "There is no \(kind.name) \(number)."
        case .numberTaken(let kind, let next):
            "Others took numbers of \(kind.name) meanwhile, the next is \(next); try again."
        case .wrongState(let kind, let number, let state):
            "The \(kind.name) \(number) is \(state); nothing has changed."
        case .webhookDisabled(let id):
            "The receiver of webhook `\(id)` answered 410 Gone; remove the webhook and add another."
        case .unknownCampaign(let id): "There is no campaign `\(id)`."
        case .campaignExists(let id): "The campaign `\(id)` is already declared with other values."
        case .operationClosed(let id): "Operation `\(id)` is closed; open it first."
        case .definitiveByMachine: "Only a person can suspend an operation for good."
        case .definitive(let id):
            "`\(id)` is suspended for good; only an admin can lift that, by a resume with the name "
                + "again as `confirm`, and a note."
        case .beforeItsTime(let rule, let notBefore):
            "A suspension on this ground is allowed \(rule): from \(notBefore.rfc3339) on."
        case .noClient(let id): "There is no client `\(id)`."
        case .forbidden(let detail): detail
        case .heldByAnother(let id):
            "Operation `\(id)` is closed, suspended or smoothed by the operator, or held by the "
                + "ladder; a client cannot lift that: ask the operator."
        case .notInForce(let id): "`\(id)` is refused already: it was revoked, or has expired."
        case .tokenRenewed(let id, let successor):
            "Token `\(id)` was renewed already; renew its successor `\(successor)`."
        case .limitReached(let name, let limit):
            "The limit of \(limit) \(name) is reached."
        case .minute(let refusal): refusal.detail
        case .invalidIdentifier(let owner):
            "The identifier of the \(owner) must match `[a-z0-9][a-z0-9-]{0,63}`."
        case .invalid(let pointer, let detail): "`\(pointer)` \(detail)."
        }
    }

    /// The first moment at which the same command is no longer refused for its time.
    package var notBefore: Timestamp? {
        switch self {
        case .beforeItsTime(_, let notBefore): notBefore
        case .minute(let refusal): refusal.notBefore
        default: nil
        }
    }

    /// Where in the body the fault is, for a 422 that has one (RFC 6901).
    package var pointer: String? {
        switch self {
        case .unknownClient: "/client"
        case .operationClosed, .invalidIdentifier: ""
        case .definitiveByMachine: "/definitive"
        case .invalid(let pointer, _): pointer
        default: nil
        }
    }
}

internal import Availability
internal import Time

/// What is on record under a number of its own.
package enum NumberedKind: String, CaseIterable, Codable, Sendable {
    case incident, maintenance, change
    case forceMajeure = "force_majeure"

    /// In a sentence, before the number.
    package var name: String {
        switch self {
        case .incident: "incident"
        case .maintenance: "maintenance"
        case .change: "change"
        case .forceMajeure: "period of force majeure"
        }
    }
}

extension CommandRefusal {
    /// - Throws: `numberTaken` unless this is the next number.
    static func requireNext(
        _ number: UInt32, after last: UInt32, of kind: NumberedKind
    ) throws(CommandRefusal) {
        guard last < .max else { throw .limitReached(name: kind.name, limit: Int(UInt32.max)) }
        guard number == last + 1 else { throw .numberTaken(kind, next: last + 1) }
    }

    /// Of the incident of this number.
    init(_ refusal: IncidentRefusal, _ number: UInt32) {
        self =
            switch refusal {
            case .unknown: .unknownNumber(.incident, number)
            case .wrongState(let state): .wrongState(.incident, number, state: state.rawValue)
            case .notPermitted:
                .forbidden(
                    detail: "A client opens incidents of its own, adds notes, and opens one again "
                        + "that is not over; the rest is the operator's.")
            case .textLength(let limit):
                .invalid(pointer: "", detail: "must have texts of \(limit) bytes at most")
            case .tooMany(let limit):
                .limitReached(name: Self.incidentsCounted(by: limit), limit: limit)
            }
    }

    /// What a limit of incidents counts.
    private static func incidentsCounted(by limit: Int) -> String {
        switch limit {
        case IncidentRegister.maximumOpenOfClient: "open incidents that one client has opened"
        case IncidentRegister.maximumOfClient: "incidents of one client that are kept"
        case IncidentRegister.maximumOfClients: "incidents of all clients that are kept"
        case Incident.maximumEvents: "lines in the history of one incident"
        case Incident.maximumEventsOfClient: "lines of the client in the history of one incident"
        default: "incidents"
        }
    }

    /// Of what has this number.
    init(_ refusal: ServiceRefusal, _ kind: NumberedKind, _ number: UInt32) {
        self =
            switch refusal {
            case .unknown: .unknownNumber(kind, number)
            case .notBeforehand:
                .invalid(
                    pointer: "/starts",
                    detail: "must be in the future: scheduled maintenance is announced beforehand")
            case .endMissing:
                .invalid(pointer: "/ends", detail: "must be given of scheduled maintenance")
            case .endBeforeStart:
                .invalid(pointer: "/ends", detail: "must be later than the start")
            case .tooLong:
                .invalid(pointer: "/ends", detail: "must be within 31 days of the start")
            case .notLater:
                .invalid(
                    pointer: "/ends", detail: "must be later than the planned end, and than now")
            case .over: .wrongState(kind, number, state: "over")
            case .badRecurrence:
                .invalid(
                    pointer: "/recurrence",
                    detail: "must be of scheduled maintenance, every 1 to 366 days or each month, "
                        + "with 1 to \(Recurrence.maximumOccurrences) occurrences")
            case .noticeTooShort(let earliest):
                .invalid(
                    pointer: "/takes_effect_at",
                    detail: "must be \(earliest.rfc3339) or later: a change that degrades the "
                        + "service is announced 30 calendar days before (B 3.8)")
            case .tooMany(let limit): .limitReached(name: "records of \(kind.name)", limit: limit)
            }
    }
}

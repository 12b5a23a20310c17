/// The types of events that a webhook is sent: every name in one place.
///
/// Names are an interface and a stored format (`FORMAT.md`): types may be added, none renamed or
/// given another meaning. What each sends as `data` is in the manual, `ops/manual/webhooks.md`.
package enum WebhookEventType: String, CaseIterable, Codable, Sendable {
    /// An operation's participants reached 80 % of its cover.
    case coverNear = "cover.near"
    /// The first participant beyond the cover (C2).
    case coverCrossed = "cover.crossed"
    /// A campaign tag that no declaration names brings a surge (C1).
    case campaignUndeclared = "campaign.undeclared"
    /// Entries rise beyond what was declared (C2).
    case trafficUndeclared = "traffic.undeclared"
    /// Robots were among an operation's entries, over about a minute (C6).
    case robotsCounted = "robots.counted"
    /// A client's operations together are beyond what needs no notice (C2).
    case clientCrossed = "client.crossed"
    /// They are within it again.
    case clientWithin = "client.within"
    /// Entries are admitted at a pace, the ladder's or a person's (C4).
    case operationSmoothed = "operation.smoothed"
    /// No entry is accepted, for a time or for good (C8).
    case operationSuspended = "operation.suspended"
    /// A suspension, a pace or the ladder's measure ended.
    case operationResumed = "operation.resumed"
    /// A client is suspended with all its operations (C8).
    case clientSuspended = "client.suspended"
    /// A person ended a client's suspension.
    case clientResumed = "client.resumed"
    /// The ladder would have taken a step, and the operation's policy is to advise. For the
    /// operator alone.
    case ladderAdvised = "ladder.advised"
    /// A front-end key is refused from now on (C16).
    case keyRevoked = "key.revoked"
    /// A load test was agreed to, with these terms (C7).
    case permitIssued = "permit.issued"
    /// A permit was ended before its time.
    case permitRevoked = "permit.revoked"
    /// A run's test entries were taken out of every count.
    case permitPurged = "permit.purged"
    /// What a run's test entries gave can be read no more (C19).
    case permitForgotten = "permit.forgotten"
    /// An incident was opened: by a person, by a client, by a rule (C12).
    case incidentOpened = "incident.opened"
    /// Work on an incident started (C11).
    case incidentAcknowledged = "incident.acknowledged"
    /// A note was added to an incident.
    case incidentNoted = "incident.noted"
    /// An incident turned out to prevent more, or less.
    case incidentReclassified = "incident.reclassified"
    case incidentResolved = "incident.resolved"
    /// A resolved incident is not over.
    case incidentReopened = "incident.reopened"
    /// Work on an incident did not start in time (C11). For the operator alone.
    case incidentOverdue = "incident.overdue"
    /// Maintenance is planned, or has begun as an emergency (C13).
    case maintenanceAnnounced = "maintenance.announced"
    /// The planned end of maintenance was put off.
    case maintenanceExtended = "maintenance.extended"
    /// Maintenance was ended before its planned end, or cancelled.
    case maintenanceEnded = "maintenance.ended"
    /// A period of force majeure has begun (C14).
    case forceMajeureBegan = "force_majeure.began"
    case forceMajeureEnded = "force_majeure.ended"
    /// A period of force majeure lasts beyond what terms name. For the operator alone.
    case forceMajeureLasting = "force_majeure.lasting"
    /// The service will change (C13, B 3.8).
    case changeAnnounced = "change.announced"
    /// An announced change does not come.
    case changeWithdrawn = "change.withdrawn"
    /// Deliveries to a webhook were given up. For the operator alone.
    case webhookGivenUp = "webhook.given_up"
    /// A receiver answered 410 Gone: nothing is sent there any more. For the operator alone.
    case webhookDisabled = "webhook.disabled"
    /// A test that an admin asked for; sent to that webhook whatever events it has chosen.
    case webhookTest = "webhook.test"

    /// The types that a webhook chooses from.
    package static var selectable: [Self] { allCases.filter { $0 != .webhookTest } }

    /// Whether the event is about webhooks. The end of such a delivery brings no further event:
    /// two receivers that are both gone would otherwise report each other for ever.
    package var isAboutWebhooks: Bool {
        switch self {
        case .webhookGivenUp, .webhookDisabled, .webhookTest: true
        default: false
        }
    }

    /// Whether each client is sent one that is about no client alone: what concerns the service is
    /// for all of them (C12, C13).
    package var isForEveryClient: Bool {
        switch self {
        case .incidentOpened, .incidentAcknowledged, .incidentNoted, .incidentReclassified,
            .incidentResolved, .incidentReopened, .maintenanceAnnounced, .maintenanceExtended,
            .maintenanceEnded, .forceMajeureBegan, .forceMajeureEnded, .changeAnnounced,
            .changeWithdrawn:
            true
        default: false
        }
    }

    /// Whether only webhooks of the operator get it.
    package var isForOperatorAlone: Bool {
        switch self {
        case .ladderAdvised, .incidentOverdue, .forceMajeureLasting, .webhookGivenUp,
            .webhookDisabled:
            true
        default: false
        }
    }
}

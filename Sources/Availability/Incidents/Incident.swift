package import Time

/// A ticket: number, severity, state, history, outcome (C12).
package struct Incident: ServiceRecord, NumberedRecord, Equatable, Codable, Sendable {
    /// `open → acknowledged → resolved`; a resolved one can be opened again.
    package enum State: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
        /// Work on it has not started.
        case open
        case acknowledged, resolved
    }

    /// One line of the history.
    package struct Event: Equatable, Codable, Sendable {
        package let at: Timestamp
        package let author: IncidentAuthor
        /// `nil`: it was opened.
        package let action: IncidentAction?
        package let note: String
        /// By when work must start, as it stood behind this line.
        package let respondBy: Timestamp

        private enum CodingKeys: String, CodingKey {
            case at, author, action, note
            case respondBy = "respond_by"
        }
    }

    package let number: UInt32
    /// The client that it is about, and that follows it; `nil`: all clients.
    package let client: String?
    package let title: String
    package let openedAt: Timestamp
    /// Whether it was opened outside the business hours in force then.
    package let isOpenedOutsideHours: Bool
    package private(set) var severity: IncidentSeverity
    package private(set) var state: State = .open
    /// The last moment at which work starts in time, as it was promised: a later change of hours
    /// does not move it (C11).
    package private(set) var respondBy: Timestamp
    /// When work started; `nil` before.
    package private(set) var respondedAt: Timestamp?
    package private(set) var outcome: IncidentOutcome?
    package private(set) var history: [Event]
    /// Whether it was reported that work did not start in time.
    private var isReportedOverdue = false

    /// In UTF-8.
    package static var maximumTitleBytes: Int { 200 }
    package static var maximumNoteBytes: Int { 2_000 }
    /// Events of the history, the opening among them.
    package static var maximumEvents: Int { 128 }
    /// The last ones are kept for these: no notes and no reopening can prevent a resolution.
    private static var eventsKeptForActions: Int { 8 }
    /// Events of the history that are the client's, the opening among them: each is kept.
    package static var maximumEventsOfClient: Int { 16 }

    init(
        number: UInt32, _ order: IncidentOrder, at time: Timestamp, by author: IncidentAuthor,
        respondBy: Timestamp, isOutsideHours: Bool
    ) {
        self.number = number
        client = order.client
        title = order.title
        openedAt = time
        isOpenedOutsideHours = isOutsideHours
        severity = order.severity
        self.respondBy = respondBy
        history = [
            Event(at: time, author: author, action: nil, note: order.note, respondBy: respondBy)
        ]
    }

    /// The rule that opened it; `nil` if a person did.
    package var rule: String? {
        history.first.flatMap { $0.author.role == .rule ? $0.author.name : nil }
    }

    /// When it was last resolved; `nil` if it never was.
    package var resolvedAt: Timestamp? {
        history.last { event in
            if case .resolve? = event.action { true } else { false }
        }?.at
    }

    /// Whether the moment for work to start has passed without it.
    package func isOverdue(at time: Timestamp) -> Bool { state == .open && time > respondBy }

    /// Whether work started after the moment it was due; of one that waits, `nil`.
    package var isLate: Bool? { respondedAt.map { $0 > respondBy } }

    /// When it will be overdue; `nil` where work has started, or where it was reported already.
    package var nextDeadline: Timestamp? {
        state == .open && !isReportedOverdue ? respondBy : nil
    }

    /// Takes an action, and writes it into the history.
    /// - Parameter newDeadline: for work to start, of a severity, counted from `time`.
    /// - Throws: ``IncidentRefusal``, with nothing changed.
    mutating func apply(
        _ action: IncidentAction, note: String, at time: Timestamp, by author: IncidentAuthor,
        newDeadline: (IncidentSeverity) -> Timestamp
    ) throws(IncidentRefusal) {
        try require(action, note: note, by: author)
        switch action {
        case .acknowledge:
            state = .acknowledged
            respondedAt = time
        case .addNote: break
        case .reclassify(let severity):
            self.severity = severity
            // What was promised can come earlier by this, and never later.
            if state == .open { respondBy = min(respondBy, newDeadline(severity)) }
        case .resolve(let outcome):
            if state == .open { respondedAt = time }
            state = .resolved
            self.outcome = outcome
        case .reopen:
            state = .open
            outcome = nil
            respondedAt = nil
            respondBy = newDeadline(severity)
            isReportedOverdue = false
        }
        history.append(
            Event(at: time, author: author, action: action, note: note, respondBy: respondBy))
    }

    private func require(
        _ action: IncidentAction, note: String, by author: IncidentAuthor
    ) throws(IncidentRefusal) {
        guard action.isPermitted(to: author.role) else { throw .notPermitted }
        guard note.utf8.count <= Self.maximumNoteBytes else {
            throw .textLength(limit: Self.maximumNoteBytes)
        }
        let isInState =
            switch action {
            case .acknowledge: state == .open
            case .addNote: true
            case .reclassify, .resolve: state != .resolved
            case .reopen: state == .resolved
            }
        guard isInState else { throw .wrongState(state) }
        let room =
            switch action {
            case .acknowledge, .resolve: Self.maximumEvents
            case .addNote, .reclassify, .reopen: Self.maximumEvents - Self.eventsKeptForActions
            }
        guard history.count < room else { throw .tooMany(limit: Self.maximumEvents) }
        if author.role == .client {
            let count = history.count { $0.author.role == .client }
            guard count < Self.maximumEventsOfClient else {
                throw .tooMany(limit: Self.maximumEventsOfClient)
            }
        }
    }

    /// Whether it is overdue and was not reported before; reports it once.
    mutating func popOverdue(at time: Timestamp) -> Bool {
        guard isOverdue(at: time), !isReportedOverdue else { return false }
        isReportedOverdue = true
        return true
    }

    private enum CodingKeys: String, CodingKey {
        case number, client, title, severity, state, outcome, history
        case openedAt = "opened_at"
        case isOpenedOutsideHours = "opened_outside_hours"
        case respondBy = "respond_by"
        case respondedAt = "responded_at"
        case isReportedOverdue = "reported_overdue"
    }
}

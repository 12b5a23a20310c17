package import Availability
internal import Bytes
package import Contract
package import Time

/// The administrative state: clients, operations, their front-end keys, the tokens of the admin
/// listener, and the policy of the ladder.
///
/// A value: the ledger holds one, readers get a copy or keep a replica of their own by applying the
/// same commands. Each table guards its own rules; a family of commands gets the tables that it may
/// change. Indices are dense and in order of creation, and never given to another.
package struct Catalogue: Equatable, Sendable {
    private var clientTable = ClientTable()
    private var operationTable = OperationTable()
    private var keyTable = FrontEndKeyTable()
    private var tokenTable = AccessTokenTable()
    private var webhookTable = WebhookTable()
    private var permitTable = PermitTable()
    private var serviceTable = ServiceTable()
    /// What probes reported, minute by minute.
    package private(set) var minutes = MinuteTable()
    /// When operations were suspended.
    package private(set) var suspensions = SuspensionHistory()
    /// The policy that the ladder acts by.
    package private(set) var policy = Policy()
    /// The operator's time zone and days off.
    package private(set) var calendar = OperatorCalendar()
    /// How often a process took the log over.
    package private(set) var starts: UInt64 = 0
    private var recordedLevel: UInt16?

    package init() {}

    // MARK: Reading

    /// The ``FormatLevel`` that all nodes of a cluster know; 0 before one is on record.
    package var level: UInt16 { recordedLevel ?? 0 }

    package var clients: [Client] { clientTable.all }
    /// The retired ones too.
    package var operations: [Operation] { operationTable.all }
    /// The revoked ones too.
    package var keys: [FrontEndKey] { keyTable.all }
    /// The revoked ones too.
    package var tokens: [AccessToken] { tokenTable.all }
    /// The removed ones too.
    package var webhooks: [Webhook] { webhookTable.all }
    /// Those that are over too.
    package var permits: [Permit] { permitTable.all }
    /// Incidents, maintenance, force majeure, corrections of minutes.
    package var service: ServiceTable { serviceTable }
    /// When something of the service is due by itself, in milliseconds; the end of the range if
    /// nothing is.
    var serviceDue: Int64 { serviceTable.due }
    /// What is due of the service; `nil` if nothing is.
    func serviceEvent(at time: Timestamp) -> LedgerEvent? { serviceTable.dueEvent(at: time) }
    /// The operator's business hours in force.
    package var businessTime: BusinessTime { serviceTable.businessTime(calendar) }

    package func operationIndex(_ id: String) -> UInt32? { operationTable.index(id) }
    package func keyIndex(_ id: String) -> UInt32? { keyTable.index(id) }

    package func clientIndex(_ id: String) -> UInt32? { clientTable.index(id) }

    package func client(_ id: String) -> Client? { clientIndex(id).map { clients[Int($0)] } }

    /// The indices of the operations of the client at this index that are not retired; linear in
    /// all operations.
    package func operations(ofClient index: UInt32) -> [UInt32] {
        operationTable.indices(of: clients[Int(index)].id)
    }
    /// The webhook of this id; a removed one too.
    package func webhook(_ id: String) -> Webhook? { webhookTable.index(id).map { webhooks[$0] } }

    package func permitIndex(_ id: String) -> UInt32? { permitTable.index(id) }

    package func operation(_ id: String) -> Operation? {
        operationIndex(id).map { operations[Int($0)] }
    }

    /// The operation of this name, or else the last one that had it.
    package func lastOperationIndex(_ id: String) -> UInt32? {
        operationIndex(id) ?? operations.lastIndex { $0.id == id }.map(UInt32.init)
    }

    /// The indices of the operations that are not retired.
    package var standing: [UInt32] {
        operations.indices.filter { operations[$0].retirement == nil }.map(UInt32.init)
    }

    /// The indices of the operations that the ladder holds, or would if it did not only advise.
    package var heldOperations: Set<UInt32> { operationTable.held }
    /// The indices of the operations that are smoothed or suspended.
    package var limitedOperations: Set<UInt32> { operationTable.limited }
    /// The indices of the open operations that lack a notice: those beyond their cover, and those
    /// with a surge that was not announced, which may be over by now; see
    /// ``Operation/lacksNotice(at:)``.
    package var operationsLackingNotice: Set<UInt32> { operationTable.lackingNotice }

    // MARK: Commands and events

    /// Carries a command out, or says why not and changes nothing.
    ///
    /// Where the interface is silent:
    /// - a command that asks for what is the case already changes nothing (``Change/none``):
    ///   the same PUT, the same key again, opening what is open, closing what is closed;
    /// - a key is revoked once: the first time and reason stay, later ones change nothing (C16
    ///   counts from the first declaration);
    /// - a draft may be closed, which says that it will not run, and what is closed may be opened
    ///   again: both are a person's decision.
    ///
    /// - Parameter counts: the counts of the operation that the command is about, of the run where
    ///   it is a permit's purge. The ledger knows them; a replica applies only commands that the
    ///   ledger accepted, with the same counts.
    package mutating func apply(
        _ command: AdministrativeCommand, by author: Author, at time: Timestamp,
        counts: OperationCounts? = nil
    ) throws(CommandRefusal) -> Change {
        let change = try applyPermitted(command, by: author, at: time, counts: counts)
        followSuspensions(change, at: time)
        return change
    }

    private mutating func applyPermitted(
        _ command: AdministrativeCommand, by author: Author, at time: Timestamp,
        counts: OperationCounts?
    ) throws(CommandRefusal) -> Change {
        guard author.role == .client, let id = command.operation, let index = operationIndex(id)
        else { return try applyFamily(command, by: author, at: time, counts: counts) }
        // It was this client's when the command was sent; the name may have gone to another since.
        guard operationTable[index].client == author.name else { throw .unknownOperation(id) }
        // A trace changes nothing of the operation: a client exports whenever it likes (C18).
        if case .person = command {
            return try applyFamily(command, by: author, at: time, counts: counts)
        }
        try operationTable[index].requireClientChange()
        if case .operation(let command) = command {
            try ClientRights.require(command, of: operationTable[index])
        }
        let change = try applyFamily(command, by: author, at: time, counts: counts)
        switch change {
        case .none: break
        case .operationReset(_, let successor):
            operationTable[successor].countClientChange(isReset: true)
        default: operationTable[index].countClientChange(isReset: false)
        }
        return change
    }

    private mutating func applyFamily(
        _ command: AdministrativeCommand, by author: Author, at time: Timestamp,
        counts: OperationCounts?
    ) throws(CommandRefusal) -> Change {
        switch command {
        case .operation(let command):
            try command.apply(
                to: &operationTable, &keyTable, clients: clientTable, by: author, at: time,
                calendar, counts: counts)
        case .client(let command):
            try command.apply(
                to: &clientTable, &operationTable, by: author, at: time, calendar)
        case .access(let command):
            try command.apply(
                to: &keyTable, &tokenTable, &operationTable, clients: clientTable, at: time)
        case .contract(let command):
            try command.apply(
                to: &clientTable, &operationTable, &policy, at: time,
                participants: counts?.participants ?? 0)
        case .person(let command):
            try command.apply(to: operationTable)
        case .webhook(let command):
            try command.apply(to: &webhookTable, clients: clientTable, at: time)
        case .permit(let command):
            try command.apply(to: &permitTable, operationTable, at: time, counts: counts)
        case .incident(let command):
            try command.apply(
                to: &serviceTable, clients: clientTable, by: author, at: time, calendar)
        case .maintenance(let command):
            try command.apply(
                to: &serviceTable, clients: clientTable, by: author, at: time,
                calendar.localTime)
        case .service(let command):
            try command.apply(
                to: &serviceTable, &minutes, clients: clientTable, by: author, at: time, calendar)
        case .fact(let fact):
            try fact.apply(
                to: &operationTable, &minutes, clients: clientTable, &policy, &calendar,
                starts: &starts, level: &recordedLevel, at: time)
        }
    }

    /// Keeps the history of suspensions where a command may have begun or ended one.
    private mutating func followSuspensions(_ change: Change, at time: Timestamp) {
        switch change {
        case .operationAdded(let index), .operationChanged(let index), .operationOpened(let index),
            .operationClosed(let index), .ladderChanged(let index), .standingChanged(let index),
            .operationDeleted(let index):
            followSuspension(of: index, at: time)
        case .operationReset(let index, let successor):
            followSuspension(of: index, at: time)
            followSuspension(of: successor, at: time)
        case .clientStandingChanged(let client):
            for index in operations(ofClient: client) { followSuspension(of: index, at: time) }
        case .none, .clientAdded, .clientChanged, .keyAdded, .keyRevoked, .keySuspected,
            .declarationsChanged, .policyChanged, .recorded, .tokenAdded, .tokenRevoked,
            .tokenSuspected, .tokenRenewed, .permitIssued, .permitRevoked, .permitPurged, .started:
            break
        }
    }

    private mutating func followSuspension(of index: UInt32, at time: Timestamp) {
        suspensions.update(operationTable[index], index, at: time)
    }

    /// Applies what the fold found out by itself.
    /// - Returns: the operation's index; `nil` if no operation has this name.
    @discardableResult
    package mutating func apply(_ event: LedgerEvent, at time: Timestamp) -> UInt32? {
        guard let operation = event.operation else {
            serviceTable.apply(event, at: time)
            return nil
        }
        guard let index = operationIndex(operation) else { return nil }
        switch event {
        case .clientCrossed(let crossing): operationTable.crossTogether(crossing, at: time)
        case .clientWithin(let crossing): operationTable.endSharedCrossing(of: crossing.client)
        case .coverNear, .coverCrossed, .step, .suspensionEnded, .clientSuspensionEnded:
            operationTable[index].apply(event, at: time)
        case .incidentOverdue, .forceMajeureLasting: break
        }
        switch event {
        case .step, .suspensionEnded, .clientSuspensionEnded:
            followSuspension(of: index, at: time)
        case .coverNear, .coverCrossed, .clientCrossed, .clientWithin, .incidentOverdue,
            .forceMajeureLasting:
            break
        }
        return index
    }

    // MARK: Storage

    /// An equal catalogue that shares no growing storage with this one: a change of either copies
    /// nothing of the other. Linear in the catalogue's size; for a start, not for a request.
    package func withOwnStorage() -> Catalogue {
        var copy = self
        copy.clientTable.detachStorage()
        copy.operationTable.detachStorage()
        copy.keyTable.detachStorage()
        copy.tokenTable.detachStorage()
        copy.webhookTable.detachStorage()
        copy.permitTable.detachStorage()
        copy.serviceTable.detachStorage()
        copy.minutes.detachStorage()
        copy.suspensions.detachStorage()
        return copy
    }
}

/// In JSON, each table is the list of what it holds; the lookup tables follow from that.
extension Catalogue: Codable {
    private enum CodingKeys: String, CodingKey {
        case policy, calendar, starts, minutes, suspensions
        case recordedLevel = "level"
        case clientTable = "clients"
        case operationTable = "operations"
        case keyTable = "keys"
        case tokenTable = "tokens"
        case webhookTable = "webhooks"
        case permitTable = "permits"
        case serviceTable = "service"
    }

    /// Whether every index in one table refers to something in the other; the decoder does not
    /// look.
    var hasSoundIndices: Bool {
        operations.count <= LedgerLimits.operations
            && operations.allSatisfy { $0.keys.allSatisfy { $0 < keys.count } }
            && keys.allSatisfy { $0.operation < operations.count }
            && permits.allSatisfy { $0.operation < operations.count }
    }
}

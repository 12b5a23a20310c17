internal import Addresses
internal import Bytes
internal import Ledger
internal import Projections
internal import Synchronization
internal import Time
internal import Wire

/// Permits for load tests that the operator has agreed to (C7).
struct PermitHandlers {
    let control: Control

    init(_ control: Control) {
        self.control = control
    }

    private var shared: Shared { control.shared }

    func issue(_ call: AdminCall) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let operation = body.string("operation")
        let perSecond = body.count("per_second")
        let starts = body.time("starts")
        let ends = body.time("ends")
        let addresses = body.networks("addresses")
        let note = body.note()
        try body.finish()
        let id = Token.identifier(prefix: "pt")
        let terms = PermitTerms(
            operation: operation, perSecond: perSecond, starts: starts, ends: ends,
            addresses: addresses, note: note)
        let decision = try await control.decide(
            .permit(.issue(permitID: id, terms)), by: call.author)
        guard case .permitIssued(let index) = decision.change else { throw .notFound }
        let token = try await control.permitToken(index)
        return .view(NewPermitView(permit: view(index), token: token.text), .created)
    }

    func list(_ call: AdminCall) throws(Problem) -> ControlReply {
        let page = try call.pageRequest()
        let found = ListPage(page, of: shared.projected.catalogue.permits.count)
        return .view(
            ListView(found) { view(UInt32($0)) })
    }

    /// Says what a permit's text is worth, as a worker finds it.
    /// - Throws: ``Problem`` where the key of its operation cannot be read: a worker may have it.
    func verify(_ call: AdminCall) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let text = body.string("permit")
        let operation = body.optionalString("operation")
        let address = body.address("address")
        try body.finish()
        let catalogue = shared.projected.catalogue
        var scratch = ByteBuffer(capacity: 32)
        guard
            let token = text.withBytes({ PermitToken(text: $0, scratch: &scratch) }),
            Int(token.index) < catalogue.permits.count,
            // Gone with its operation: then no worker has it either.
            let key = try await control.storedPermitKey(
                token.index, unreadable: Problem.permitUnverified)
        else { return .view(VerifiedPermitView(permit: nil, refusal: .permitInvalid)) }
        let permit = catalogue.permits[Int(token.index)]
        let profile = PermitProfile(permit, index: token.index, key: key)
        guard token.isSigned(as: profile.token) else {
            return .view(VerifiedPermitView(permit: nil, refusal: .permitInvalid))
        }
        let asked = operation.map { catalogue.operationIndex($0) } ?? permit.operation
        var refusal = profile.refusal(of: asked ?? .max, at: shared.ledgerTime)
        if refusal == nil, let address, !profile.admits(address) { refusal = .permitAddress }
        return .view(VerifiedPermitView(permit: view(token.index), refusal: refusal))
    }

    func revoke(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let id = call["permit_id"]
        var body = try call.bodyReader()
        let note = body.note()
        try body.finish()
        let decision = try await control.decide(
            .permit(.revoke(permitID: id, note: note)), by: call.author)
        return .view(
            ChangedView(view: try view(id), changed: decision.change != .none))
    }

    /// Takes the run's entries out of every count, and has what they gave forgotten. Where that was
    /// done before, it is asked for again, and changes nothing.
    func purge(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let id = call["permit_id"]
        var body = try call.bodyReader()
        let confirm = body.string("confirm")
        let note = body.note()
        try body.finish()
        guard confirm == id else { throw .purgeNotConfirmed }
        try control.requireRecords(of: id)
        let decision = try await control.decide(
            .permit(.purge(permitID: id, note: note)), by: call.author)
        return .view(
            ChangedView(view: try view(id), changed: decision.change != .none))
    }

    // MARK: Views

    private func view(_ id: String) throws(Problem) -> PermitView {
        guard let index = shared.projected.catalogue.permitIndex(id) else { throw .notFound }
        return view(index)
    }

    private func view(_ index: UInt32) -> PermitView {
        let catalogue = shared.projected.catalogue
        let permit = catalogue.permits[Int(index)]
        return PermitView(
            permit, operation: catalogue.operations[Int(permit.operation)].id,
            counts: shared.runs.counts(of: index), at: shared.ledgerTime)
    }
}

extension BodyReader {
    /// Networks, as `10.0.0.0/8` or one address; none without the member.
    fileprivate mutating func networks(_ name: String) -> [String] {
        let texts = strings(name)
        for (index, text) in texts.enumerated() where AddressNetwork(text) == nil {
            addError("\(name)/\(index)", "Must be an address or a network, such as 192.0.2.0/24.")
        }
        return texts
    }

    /// One address; nil without the member.
    fileprivate mutating func address(_ name: String) -> IPAddress? {
        guard let text = optionalString(name) else { return nil }
        guard let address = text.withBytes({ IPAddress(text: $0) }) else {
            addError(name, "Must be an address, such as 192.0.2.7.")
            return nil
        }
        return address
    }
}

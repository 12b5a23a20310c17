internal import Bytes
internal import Cryptography
internal import Exposition
internal import Ledger
internal import Log
internal import Logging
internal import Projections
internal import Synchronization
internal import Vault
internal import Wire

/// The export of an operation that goes on: read-only, whenever its client likes (C18), and on
/// record before the first entry goes out (C17).
///
/// It has the operation's entries among the records that were durable when it was asked for, each
/// once. So every entry that was acknowledged before is there, and what comes meanwhile is not.
struct ExportHandlers {
    let control: Control

    init(_ control: Control) {
        self.control = control
    }

    func export(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let id = call["operation"]
        let format = try Self.format(call)
        let catalogue = control.shared.projected.catalogue
        let index = catalogue.operationIndex(id)
        // Whatever is not its own, a client is forbidden: it does not learn what there is.
        if call.author.role == .client {
            let owner = index.map { catalogue.operations[Int($0)].client }
            guard owner == call.author.name else { throw .forbidden }
        }
        guard let index else { throw .unknownOperation }
        if call.request.method == "HEAD" { return head(call, format) }
        // What was acknowledged by now, wherever, is in it.
        try await control.catchUp()
        // In this order: an entry that is not durable here is acknowledged later.
        let end = control.shared.durableEnd.withLock { $0 }
        // This process has stored nothing yet, and cannot: it waits for room or for a clock.
        guard end != .beginning else { throw EntryVerdict.noSpace.problem }
        let operation = catalogue.operations[Int(index)]
        let producer = try await producer(index, operation, format, upTo: end)
        let trace = ExportTrace(
            operation: id, operationIndex: index, format: format.rawValue,
            lastRecord: end.nextSequence - 1, chain: end.chain.hexadecimal)
        _ = try await control.decide(
            .person(.export(trace)), by: call.author, expecting: ExpectedOperation(index: index))
        do {
            let isPermitted = control.permission(of: call, whileStanding: index)
            return try answer(format, producer, isPermitted).reply(to: call, control)
        } catch {
            throw problem(error, of: id)
        }
    }

    private func answer(
        _ format: ExportFormat, _ producer: any BodyProducer,
        _ isPermitted: @escaping @Sendable () -> Bool
    ) -> LongAnswer {
        LongAnswer(
            type: format.mediaType,
            fields: [("Cache-Control", "no-store"), ("Content-Disposition", "attachment")],
            vary: "Accept, Accept-Encoding", producer: producer, isPermitted: isPermitted)
    }

    /// HEAD shows nobody's data: nothing is read, and nothing recorded.
    private func head(_ call: AdminCall, _ format: ExportFormat) -> ControlReply {
        let stream = PacedStream(
            lane: control.shared.lanes[call.request.lane], connection: call.request.connection,
            executor: control.executors.long, producer: NoBody(), isPermitted: { true }
        ) { _ in }
        let empty = answer(format, NoBody()) { true }
        return .streamed(
            ControlReply.StreamedContent(
                type: empty.type, fields: empty.fields, stream: stream))
    }

    private final class NoBody: BodyProducer {
        func next() -> [UInt8]? { nil }
    }

    private func producer(
        _ index: UInt32, _ operation: Catalogue.Operation, _ format: ExportFormat,
        upTo end: LogPosition
    ) async throws(Problem) -> ExportBody {
        let shared = control.shared
        do {
            let secrets = try await control.loadSecrets(operation.dataKeyID)
            return ExportBody(
                control.exports.plan(index, operation, comingBy: end, endsAtPlace: true),
                secrets.receive(), as: format, keys: { shared.projected.catalogue.keys })
        } catch {
            throw problem(error, of: operation.id)
        }
    }

    /// The refusal that tells of an error before the first entry has gone out.
    private func problem(_ error: any Error, of id: String) -> Problem {
        if let problem = error as? Problem { return problem }
        control.shared.logger.error(
            "cannot export the operation", metadata: ["operation": "\(id)", "error": "\(error)"])
        return .history(
            error, "Not exported", archive: control.exports.archive, or: .exportUnreadable)
    }

    /// `?format=`; where it is left out, what `Accept` prefers.
    private static func format(_ call: AdminCall) throws(Problem) -> ExportFormat {
        var query = call.queryReader
        let asked = query.choice("format", of: ExportFormat.allCases.map(\.rawValue))
        try query.finish()
        if let format = asked.flatMap({ ExportFormat(rawValue: $0) }) { return format }
        let preferred = (call.request.accept ?? "").withBytes {
            AcceptNegotiation.preferred(of: ExportFormat.allCases.map(\.type), accept: $0)
        }
        return ExportFormat.allCases[preferred]
    }
}

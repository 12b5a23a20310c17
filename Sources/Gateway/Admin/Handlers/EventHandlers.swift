internal import Ledger
internal import Log
internal import Projections
internal import Synchronization
internal import Wire

/// `GET /v1/events`: events as they are recorded, as a stream (HTML, server-sent events).
struct EventHandlers {
    let control: Control

    init(_ control: Control) {
        self.control = control
    }

    func follow(_ call: AdminCall) throws(Problem) -> ControlReply {
        let shared = control.shared
        var query = call.queryReader
        let operation = query.identifier("operation")
        try query.finish()
        let isClient = call.author.role == .client
        if let operation {
            let owner = shared.projected.catalogue.operation(operation)?.client
            // Another client's operation is not there for this one.
            guard let owner, !isClient || owner == call.author.name else { throw .unknownOperation }
        }
        let record = try lastRecord(call)
        let stream = EventStream(
            lane: shared.lanes[call.request.lane], connection: call.request.connection,
            maximumBytes: shared.limits.streamBytes)
        if call.request.method != "HEAD" {
            let follower = EventFollower(
                control: control, stream: stream,
                selection: EventFeed.Selection(
                    operation: operation, client: isClient ? call.author.name : nil),
                record: record, showsStatus: !isClient)
            Task(executorPreference: control.executors[.report]) { await follower.run() }
        }
        return .streamed(
            ControlReply.StreamedContent(
                type: "text/event-stream", fields: [("Cache-Control", "no-store")], stream: stream))
    }

    /// What `Last-Event-ID` says; nil without it.
    /// - Throws: ``Problem`` 422 where it is no record's number, 410 where its successors were
    ///   archived.
    private func lastRecord(_ call: AdminCall) throws(Problem) -> UInt64? {
        guard let text = call.request.lastEventID, !text.isEmpty else { return nil }
        guard text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let record = UInt64(text),
            record < .max
        else {
            throw Problem(
                .unprocessableContent, "wrong_event_id", "Wrong event id",
                "Last-Event-ID must be the number of a record.",
                fieldErrors: [
                    FieldError(pointer: "/Last-Event-ID", detail: "Must be a whole number.")
                ])
        }
        // Where the journal cannot be listed, its reading says so.
        let segments = try? LogReader.segments(in: control.exports.journal)
        let oldest = segments?.first?.firstSequence ?? 1
        guard record + 1 >= oldest else {
            throw Problem(
                .gone, "events_archived", "Events archived",
                "The records behind \(record) were archived; the oldest here is \(oldest).")
        }
        return record
    }
}

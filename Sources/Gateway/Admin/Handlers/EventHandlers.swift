internal import Ledger
internal import Log
internal import Projections
internal import Synchronization
internal import Wire

/// `GET /v1/events`: events as they are recorded, as a stream (HTML, 9.2, server-sent events).
struct EventHandlers {
    let control: Control

    init(_ control: Control) {
        self.control = control
    }

    func follow(_ call: AdminCall) throws(Problem) -> ControlReply {
        let shared = control.shared
        var query = call.queryReader
        let operation = query.identifier("operation")
        let goesOn = query.choice("follow", of: ["true", "false"]) != "false"
        let isRecent = query.choice("recent", of: ["true", "false"]) == "true"
        try query.finish()
        let selection = try selection(of: operation, for: call.author)
        // From now on means from here on: what is recorded before the stream begins is its own.
        let durable = shared.durableRecords.load(ordering: .acquiring)
        let known = try lastRecord(call)
        let record = known ?? (goesOn || isRecent ? durable : oldestRecord - 1)
        let stream = EventStream(
            lane: shared.lanes[call.request.lane], connection: call.request.connection,
            maximumBytes: shared.limits.streamBytes)
        if call.request.method != "HEAD" {
            shared.events.subscribe(
                EventSubscriber(
                    stream: stream, selection: selection, after: record,
                    beginsWithRecent: isRecent && known == nil,
                    end: goesOn ? nil : durable,
                    showsStatus: goesOn && call.author.role != .client,
                    isPermitted: control.permission(of: call)))
        }
        return .streamed(
            ControlReply.StreamedContent(
                type: "text/event-stream",
                // The second one is nginx's, which otherwise keeps events back.
                fields: [("Cache-Control", "no-store"), ("X-Accel-Buffering", "no")],
                stream: stream))
    }

    /// - Throws: ``Problem`` 404 where there is no such operation; a client does not learn that
    ///   another one's exists.
    private func selection(
        of operation: String?, for author: Author
    ) throws(Problem) -> EventSelection {
        var selection = EventSelection(client: author.role == .client ? author.name : nil)
        guard let operation else { return selection }
        let owner = control.shared.projected.catalogue.operation(operation)?.client
        guard let owner, selection.client.map({ $0 == owner }) ?? true else {
            throw .unknownOperation
        }
        selection.operation = (operation, owner)
        return selection
    }

    // MARK: Resuming

    /// What `Last-Event-ID` says; nil without it.
    /// - Throws: ``Problem`` 422 where it is no record's number, or none of this log's; 410 where
    ///   records behind it were archived.
    private func lastRecord(_ call: AdminCall) throws(Problem) -> UInt64? {
        guard let text = call.request.lastEventID, !text.isEmpty else { return nil }
        guard text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let record = UInt64(text) else {
            throw Self.wrongID("Must be the number of a record, or 0 for the beginning.")
        }
        let durable = control.shared.durableRecords.load(ordering: .acquiring)
        guard record <= durable else {
            throw Self.wrongID(
                "Must be at most \(durable), the last record of this journal: \(record) is of "
                    + "another one, or of what was lost behind a copy.")
        }
        guard record < control.shared.events.remembered else { return record }
        let oldest = oldestRecord
        guard record + 1 >= oldest else {
            throw Problem(
                .gone, "events_archived", "Events archived",
                "Records \(record + 1) to \(oldest - 1) were archived. Last-Event-ID may be "
                    + "\(oldest - 1) or more; \"portillon journal print\" shows what is archived.")
        }
        return record
    }

    /// The first record that is not archived.
    private var oldestRecord: UInt64 {
        // Where the folder cannot be listed, the reading says so.
        let segments = try? LogReader.segments(in: control.exports.journal)
        return segments?.first?.firstSequence ?? 1
    }

    private static func wrongID(_ detail: String) -> Problem {
        Problem(
            .unprocessableContent, "wrong_event_id", "Wrong event id",
            "Last-Event-ID does not name a record to go on behind.",
            fieldErrors: [FieldError(pointer: "/Last-Event-ID", detail: detail)])
    }
}

internal import Bytes
package import Ledger
internal import Time

/// The outbox as bytes, and back: FORMAT.md, "Snapshots". Each message once, then each webhook with
/// the numbers of those that wait for it.
extension WebhookOutbox {
    package func encode(into writer: inout SnapshotWriter) throws {
        var messages: [UInt64: WebhookMessage] = [:]
        for line in contents.values {
            for message in line.pending { messages[message.record] = message }
        }
        writer.append(UInt64(messages.count))
        for message in messages.values.sorted(by: { $0.record < $1.record }) {
            writer.append(message.record)
            writer.append(message.at.milliseconds)
            try writer.writeCounted(Array(message.type.rawValue.utf8))
            try writer.writeCounted(message.body)
        }
        writer.append(UInt64(contents.count))
        for (id, line) in contents.sorted(by: { $0.key < $1.key }) {
            try writer.writeCounted(Array(id.utf8))
            writer.append(UInt64(line.forgotten))
            writer.append(UInt64(line.pending.count))
            for message in line.pending { writer.append(message.record) }
            writer.append(UInt64(line.deliveries.count))
            for delivery in line.deliveries { try Self.encode(delivery, into: &writer) }
        }
        try writer.flush()
    }

    private static func encode(
        _ delivery: WebhookDelivery, into writer: inout SnapshotWriter
    ) throws {
        writer.append(delivery.record)
        try writer.writeCounted(Array(delivery.type.rawValue.utf8))
        writer.append(UInt8(delivery.outcome == .delivered ? 1 : 0))
        writer.append(delivery.attempts)
        writer.append(delivery.status ?? 0)
        writer.append(delivery.at.milliseconds)
    }

    /// - Throws: ``SnapshotError``, and what the source throws.
    package init(from reader: inout SnapshotReader) throws {
        var messages: [UInt64: WebhookMessage] = [:]
        for _ in 0..<(try reader.readCount()) {
            let record: UInt64 = try reader.read()
            let at = Timestamp(milliseconds: try reader.read())
            let type = try Self.readType(&reader)
            let body = try reader.readCounted()
            messages[record] = WebhookMessage(
                record: record, at: at, type: type, body: body.bytes.array)
        }
        var lines: [String: Line] = [:]
        for _ in 0..<(try reader.readCount()) {
            let id = try reader.readCounted()
            var line = Line()
            let forgotten: UInt64 = try reader.read()
            guard let count = Int(exactly: forgotten) else {
                throw SnapshotError.malformed("a number of deliveries")
            }
            line.forgotten = count
            for _ in 0..<(try reader.readCount()) {
                let record: UInt64 = try reader.read()
                guard let message = messages[record] else {
                    throw SnapshotError.malformed("event \(record) is missing in the outbox")
                }
                line.pending.append(message)
            }
            for _ in 0..<(try reader.readCount()) {
                line.deliveries.append(try Self.readDelivery(&reader))
            }
            lines[id.text] = line
        }
        self.init(lines)
    }

    private static func readDelivery(_ reader: inout SnapshotReader) throws -> WebhookDelivery {
        let record: UInt64 = try reader.read()
        let type = try readType(&reader)
        let isDelivered: UInt8 = try reader.read()
        let attempts: UInt32 = try reader.read()
        let status: UInt16 = try reader.read()
        return WebhookDelivery(
            record: record, type: type, outcome: isDelivered == 1 ? .delivered : .givenUp,
            attempts: attempts, status: status == 0 ? nil : status,
            at: Timestamp(milliseconds: try reader.read()))
    }

    private static func readType(_ reader: inout SnapshotReader) throws -> WebhookEventType {
        let name = try reader.readCounted()
        guard let type = WebhookEventType(rawValue: name.text) else {
            throw SnapshotError.malformed("an event of the type \(name.text)")
        }
        return type
    }
}

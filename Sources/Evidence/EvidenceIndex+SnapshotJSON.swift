internal import Bytes
internal import Cryptography
internal import Foundation
package import Ledger
internal import Time

/// The index as bytes, and back: its contents as JSON, then each record once.
extension EvidenceIndex {
    package func encode(into writer: inout SnapshotWriter) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try writer.writeCounted([UInt8](try encoder.encode(contents)))
        let records = records
        writer.append(UInt64(records.count))
        for record in records {
            writer.append(record.sequence)
            writer.append(record.at.milliseconds)
            writer.append(record.batch)
            let chain = record.chain
            try writer.write(chain.bytes)
            switch record.content {
            case .command(let command):
                writer.append(AdministrativeRecord.kind)
                try writer.writeCounted(try command.json())
            case .event(let event):
                writer.append(EventRecord.kind)
                try writer.writeCounted(try EventRecord(event).json())
            }
        }
        try writer.flush()
    }

    /// - Throws: ``SnapshotError``, what decoding throws, and what the source throws.
    package init(from reader: inout SnapshotReader) throws {
        let json = try reader.readCounted()
        let contents = try JSONDecoder().decode(Contents.self, from: Data(json.bytes.array))
        var records: [UInt64: EvidenceRecord] = [:]
        for _ in 0..<(try reader.readCount()) {
            let sequence: UInt64 = try reader.read()
            let at = Timestamp(milliseconds: try reader.read())
            let batch: UInt64 = try reader.read()
            let digest = try reader.readBytes(SHA256Digest.byteCount)
            let chain = SHA256Digest(digest.bytes)
            let kind: UInt8 = try reader.read()
            let bytes = try reader.readCounted()
            let content: EvidenceRecord.Content
            switch kind {
            case AdministrativeRecord.kind:
                content = .command(try AdministrativeRecord(json: bytes.bytes))
            case EventRecord.kind: content = .event(try EventRecord(json: bytes.bytes).event)
            default: throw SnapshotError.malformed("a record of kind \(kind) in the evidence")
            }
            records[sequence] = EvidenceRecord(
                sequence: sequence, at: at, batch: batch, chain: chain, content: content)
        }
        try self.init(contents, records: records)
    }
}

import Bytes
import Cryptography
import Time

@testable import Log

/// A batch's records in a batch that no real part makes of them.
enum Reseal {
    /// - Parameters:
    ///   - position: what the batch is to continue; nil for what it continues.
    ///   - milliseconds: by which its time is later.
    static func bytes(
        of batch: RawSpan, after position: LogPosition? = nil, later milliseconds: Int64 = 0
    ) -> [UInt8] {
        var sha = SHA256()
        guard var header = BatchHeader.decode(batch, &sha) else { return batch.array }
        if let position {
            header.firstSequence = position.nextSequence
            header.previousChain = position.chain
        }
        header.time = header.time.advanced(byMilliseconds: milliseconds)
        let start = LogFormat.batchHeaderBytes
        var buffer = ByteBuffer(capacity: batch.byteCount)
        buffer.append(zeros: start)
        buffer.append(batch.extracting(start..<(start + Int(header.payloadBytes))))
        _ = header.complete(&buffer, &sha)
        return buffer.bytes.array
    }

    /// The batch with another last byte in its last record, as a disk or an engine may give it
    /// back.
    static func altered(_ batch: RawSpan) -> [UInt8] {
        var sha = SHA256()
        var bytes = batch.array
        guard let header = BatchHeader.decode(batch, &sha) else { return bytes }
        bytes[LogFormat.batchHeaderBytes + Int(header.payloadBytes) - 1] ^= 1
        return bytes
    }
}

internal import Bytes
package import Cryptography
package import Time

/// The fields that a batch begins with.
package struct BatchHeader: Equatable, Sendable {
    /// The first record's number; records count from 1.
    package var firstSequence: UInt64
    /// At least 1.
    package var recordCount: UInt32
    package var payloadBytes: UInt32
    /// When the batch was committed, by the clock of who committed it.
    package var time: Timestamp
    /// The chain value of the batch before; zeros where the log begins.
    package var previousChain: SHA256Digest

    /// Bytes on the disk: whole sectors.
    var extentBytes: Int { LogFormat.extent(payloadBytes: Int(payloadBytes)) }

    private static var magic: StaticString { "PORTBATC" }
    private static var checkedBytes: Int { 64 }
    private static var checksumBytes: Int { 8 }

    /// Writes the 72 bytes over the buffer's first ones.
    private func write(to batch: inout ByteBuffer, _ sha: inout SHA256) {
        batch.overwrite(Self.magic, at: 0)
        batch.overwrite(littleEndian: firstSequence, at: 8)
        batch.overwrite(littleEndian: recordCount, at: 16)
        batch.overwrite(littleEndian: payloadBytes, at: 20)
        batch.overwrite(littleEndian: time.milliseconds, at: 24)
        batch.overwrite(previousChain.bytes, at: 32)
        let checksum = sha.digest(batch.bytes.extracting(0..<Self.checkedBytes))
        batch.overwrite(checksum.bytes.extracting(0..<Self.checksumBytes), at: Self.checkedBytes)
    }

    /// Completes a batch whose payload stands behind room for the header: header, padding, chain
    /// value.
    /// - Returns: the chain value.
    func complete(
        _ batch: inout ByteBuffer, _ sha: inout SHA256
    ) -> SHA256Digest {
        batch.append(zeros: extentBytes - LogFormat.chainBytes - batch.count)
        write(to: &batch, &sha)
        let chain = sha.digest(batch.bytes)
        batch.append(chain.bytes)
        return chain
    }

    /// Reads a header from a sector's start; nil if there is none, or it has been changed.
    package static func decode(_ bytes: RawSpan, _ sha: inout SHA256) -> BatchHeader? {
        guard bytes.byteCount >= LogFormat.batchHeaderBytes,
            bytes.extracting(0..<8).equals(Self.magic)
        else { return nil }
        let checksum = sha.digest(bytes.extracting(0..<Self.checkedBytes))
        let stored = bytes.extracting(
            Self.checkedBytes..<(Self.checkedBytes + Self.checksumBytes))
        guard stored.equals(checksum.bytes.extracting(0..<Self.checksumBytes)) else { return nil }
        var reader = ByteReader(bytes.extracting(8..<Self.checkedBytes))
        do {
            return BatchHeader(
                firstSequence: try reader.read(), recordCount: try reader.read(),
                payloadBytes: try reader.read(),
                time: Timestamp(milliseconds: try reader.read()),
                previousChain: SHA256Digest(try reader.read(length: 32)))
        } catch {
            return nil
        }
    }
}

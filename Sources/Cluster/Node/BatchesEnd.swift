package import Bytes

/// Why a node that was asked for batches sends no further one.
package struct BatchesEnd: Equatable, Sendable {
    package enum Reason: UInt8, CaseIterable, Sendable {
        /// All was sent that was asked for, or that it has.
        case sent = 1
        /// Its journal begins later: what is older was archived.
        case archived
        /// The next batch is longer than batches of a cluster are: a gateway that was alone wrote
        /// it.
        case tooLong
        /// It sends them to another node.
        case busy
        /// Its journal is not known to be a part of the log, or cannot be read.
        case unfit
    }

    package let reason: Reason
    /// Of an `archived` journal the first record; else the one that would have come next.
    package let record: UInt64

    package init(_ reason: Reason, record: UInt64) {
        self.reason = reason
        self.record = record
    }

    package init(_ payload: RawSpan) throws(LinkFrame.Fault) {
        do {
            var reader = ByteReader(payload)
            guard let reason = Reason(rawValue: try reader.read()) else {
                throw LinkFrame.Fault.malformed
            }
            self.reason = reason
            record = try reader.read()
            guard reader.remaining == 0 else { throw LinkFrame.Fault.malformed }
        } catch {
            throw .malformed
        }
    }

    package func append(to buffer: inout ByteBuffer) {
        let start = buffer.beginFrame(.batchesEnd)
        buffer.append(reason.rawValue)
        buffer.append(littleEndian: record)
        buffer.endFrame(at: start, count: 0)
    }
}

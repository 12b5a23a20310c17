internal import Bytes
internal import Time

/// The last time that an answer told, as it was written: the entries of one batch have the same.
struct WrittenTime: ~Copyable {
    private var time: Timestamp?
    private var text = ByteBuffer(capacity: 32)

    /// Appends the time (RFC 3339) to an answer.
    mutating func append(_ time: Timestamp, to answer: inout ByteBuffer) {
        if self.time != time {
            self.time = time
            text.removeAll()
            text.append(rfc3339: time)
        }
        answer.append(text.bytes)
    }
}

import Bytes

/// An answer's head, and where its body lies (RFC 9112).
struct Answer: Equatable {
    var status = 0
    var bodyStart = 0
    /// Of a chunked body with the chunks' own lines in it.
    var bodyCount = 0
    /// The server closes, or wants to be closed.
    var isLast = false
    /// Seconds of `Retry-After`; nil without it, or where it is a date.
    var retryAfterSeconds: Int?

    var end: Int { bodyStart + bodyCount }
}

/// Reads answers from what has come so far, from the first byte each time: an answer that comes in
/// pieces is the exception.
enum AnswerReader {
    enum Result: Equatable {
        case complete(Answer)
        case incomplete
        /// Not an answer in HTTP/1.1, or larger than any that is expected.
        case malformed
    }

    /// Bytes of a head.
    static var headLimit: Int { 32 << 10 }
    /// Bytes of a body.
    static var bodyLimit: Int { 64 << 20 }

    static func read(_ bytes: RawSpan) -> Result {
        guard bytes.byteCount >= 13 else { return .incomplete }
        guard bytes.continues("HTTP/1.1 ", at: 0), let status = bytes.decimal(at: 9),
            bytes[12] == space || bytes[12] == carriageReturn, (100...599).contains(status)
        else { return .malformed }
        var answer = Answer(status: status)
        var length: Int?
        var isChunked = false
        guard var line = bytes.lineEnd(from: 12) else { return unfinishedHead(bytes) }
        while true {
            let start = line
            guard let next = bytes.lineEnd(from: start) else { return unfinishedHead(bytes) }
            line = next
            if next - start == 2 { break }
            // Few fields matter, and their lengths tell them from most others.
            switch bytes.colon(from: start, to: next) - start {
            case 10 where bytes.isField("connection", at: start):
                answer.isLast = bytes.hasToken("close", from: start + 11, to: next)
            case 11 where bytes.isField("retry-after", at: start):
                answer.retryAfterSeconds = bytes.number(from: start + 12, to: next)
            case 14 where bytes.isField("content-length", at: start):
                guard let value = bytes.number(from: start + 15, to: next), value <= bodyLimit
                else { return .malformed }
                length = value
            case 17 where bytes.isField("transfer-encoding", at: start):
                isChunked = bytes.hasToken("chunked", from: start + 18, to: next)
            default: break
            }
        }
        answer.bodyStart = line
        if status < 200 && status != 101 { return skipInterim(bytes, line) }
        if isChunked { return chunked(bytes, answer) }
        if status == 204 || status == 304 { length = 0 }
        // A body that ends with the connection is not for a client that sends again.
        guard let length else { return .malformed }
        answer.bodyCount = length
        return answer.end <= bytes.byteCount ? .complete(answer) : .incomplete
    }

    private static func unfinishedHead(_ bytes: RawSpan) -> Result {
        bytes.byteCount > headLimit ? .malformed : .incomplete
    }

    /// After an interim answer (100 Continue, 103 Early Hints) comes the one that counts.
    private static func skipInterim(_ bytes: RawSpan, _ end: Int) -> Result {
        let rest = read(bytes.extracting(end..<bytes.byteCount))
        guard case .complete(var answer) = rest else { return rest }
        answer.bodyStart += end
        return .complete(answer)
    }

    private static func chunked(_ bytes: RawSpan, _ head: Answer) -> Result {
        var at = head.bodyStart
        while true {
            guard let next = bytes.lineEnd(from: at) else { return .incomplete }
            guard let size = bytes.hexadecimal(from: at, to: next), size <= bodyLimit else {
                return .malformed
            }
            at = next
            if size == 0 { break }
            at += size + 2
            guard at <= bytes.byteCount else { return .incomplete }
        }
        // Trailers, up to the empty line.
        while true {
            guard let next = bytes.lineEnd(from: at) else { return .incomplete }
            let isEmpty = next - at == 2
            at = next
            if isEmpty { break }
        }
        var answer = head
        answer.bodyCount = at - head.bodyStart
        return .complete(answer)
    }
}

private let space: UInt8 = 0x20
private let carriageReturn: UInt8 = 0x0D
private let lineFeed: UInt8 = 0x0A

extension RawSpan {
    /// The offset behind the next CRLF; nil where none has come yet.
    fileprivate func lineEnd(from start: Int) -> Int? {
        var offset = start
        while offset &+ 8 <= byteCount {
            // Safe: the bounds are checked above, and every bit pattern is an integer.
            let word = unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
            // Flags the first byte that is LF: see A. Mycroft's null-byte test.
            let zeroed = UInt64(littleEndian: word) ^ 0x0A0A_0A0A_0A0A_0A0A
            let flags = (zeroed &- 0x0101_0101_0101_0101) & ~zeroed & 0x8080_8080_8080_8080
            if flags != 0 {
                offset &+= flags.trailingZeroBitCount >> 3
                break
            }
            offset &+= 8
        }
        while offset < byteCount, self[offset] != lineFeed { offset &+= 1 }
        guard offset < byteCount, offset > 0, self[offset &- 1] == carriageReturn else {
            return nil
        }
        return offset &+ 1
    }

    fileprivate func colon(from start: Int, to end: Int) -> Int {
        var offset = start
        while offset < end, self[offset] != 0x3A { offset &+= 1 }
        return offset
    }

    fileprivate func isField(_ name: StaticString, at offset: Int) -> Bool {
        extracting(offset..<(offset + name.utf8CodeUnitCount)).equals(ignoringCase: name)
    }

    /// A field's value as a number; nil where it is not one.
    fileprivate func number(from start: Int, to end: Int) -> Int? {
        var offset = start
        while offset < end, self[offset] == space || self[offset] == 0x09 { offset &+= 1 }
        return decimal(at: offset)
    }

    fileprivate func hexadecimal(from start: Int, to end: Int) -> Int? {
        var value = 0
        var offset = start
        while offset < end, offset - start < 8 {
            let byte = ASCII.lowercased(self[offset])
            if byte &- 0x30 <= 9 {
                value = value << 4 | Int(byte - 0x30)
            } else if byte &- 0x61 <= 5 {
                value = value << 4 | Int(byte - 0x57)
            } else {
                break
            }
            offset &+= 1
        }
        return offset > start ? value : nil
    }

    /// Whether a field's value, a list of tokens, has this one.
    fileprivate func hasToken(_ token: StaticString, from start: Int, to end: Int) -> Bool {
        let length = token.utf8CodeUnitCount
        var offset = start
        while offset + length <= end {
            if extracting(offset..<(offset + length)).equals(ignoringCase: token) { return true }
            offset &+= 1
        }
        return false
    }
}

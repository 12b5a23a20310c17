internal import Bytes

/// One call of gRPC while it is under way: what is still to be sent, and what has come. nghttp2's
/// callbacks find it by its address.
final class GRPCExchange {
    /// Bytes of all fields of one head, and of a status's message that are kept.
    static let headBytes = 8 << 10
    static let reasonBytes = 1_024

    /// The call's stream; 0 before the first.
    var stream: Int32 = 0
    /// The message with gRPC's prefix; sent up to `sentBytes`.
    var request = ByteBuffer(capacity: 4 << 10)
    var sentBytes = 0
    /// What has come of the answer, its prefix in front.
    var answer = ByteBuffer(capacity: 4 << 10)
    var maximumBytes = 0
    private var headBytes = 0
    private(set) var httpStatus: Int?
    private(set) var grpcStatus: UInt32?
    private(set) var reason = ""
    /// HTTP/2's error code with which the stream ended; nil while it is open.
    var closeCode: UInt32?
    /// What makes the answer useless, whatever else comes.
    private(set) var violation: String?

    /// Begins anew with another message.
    func begin(_ message: RawSpan, maximumBytes: Int) {
        request.removeAll()
        // gRPC over HTTP/2, "Length-Prefixed-Message": not compressed, then the length.
        request.append(UInt8(0))
        request.append(littleEndian: UInt32(message.byteCount).byteSwapped)
        request.append(message)
        sentBytes = 0
        answer.removeAll()
        self.maximumBytes = maximumBytes + Self.prefixBytes
        headBytes = 0
        httpStatus = nil
        grpcStatus = nil
        reason = ""
        closeCode = nil
        violation = nil
    }

    static let prefixBytes = 5

    func violate(_ reason: String) {
        if violation == nil { violation = reason }
    }

    func receive(name: String, value: String) {
        headBytes += name.utf8.count + value.utf8.count
        guard headBytes <= Self.headBytes else { return violate("its head is too long") }
        switch name {
        case ":status":
            guard value.utf8.count == 3, let status = Int(value) else {
                return violate("its status is no number")
            }
            httpStatus = status
        case "grpc-status":
            guard value.utf8.count <= 3, let status = UInt32(value) else {
                return violate("gRPC's status is no number")
            }
            grpcStatus = status
        case "grpc-message": reason = Self.decoded(value)
        case "content-type":
            if !value.hasPrefix("application/grpc") { violate("it is not of gRPC") }
        default: break
        }
    }

    func receive(_ bytes: RawSpan) {
        guard answer.count + bytes.byteCount <= maximumBytes else {
            return violate("it is longer than \(maximumBytes) bytes")
        }
        answer.append(bytes)
    }

    /// Percent-encoded (gRPC over HTTP/2, "Status-Message"); what is not is taken as it is.
    private static func decoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8.prefix(reasonBytes)
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: The end

    /// Whether nothing more will change what ``check()`` says.
    var isOver: Bool { closeCode != nil || violation != nil }

    /// - Throws: ``GRPCError`` unless the answer is one whole message with status 0.
    func check() throws(GRPCError) {
        if let violation { throw .malformed(violation) }
        if let grpcStatus, grpcStatus != 0 {
            throw .status(code: grpcStatus, message: reason)
        }
        if let closeCode, closeCode != 0 {
            throw .closed("the server ended the call with error \(closeCode) of HTTP/2")
        }
        if let httpStatus, httpStatus != 200 {
            throw .malformed("it has status \(httpStatus) of HTTP")
        }
        guard grpcStatus == 0 else { throw .malformed("it has no status of gRPC") }
        guard answer.count >= Self.prefixBytes else { throw .malformed("it has no message") }
        guard answer.bytes[0] == 0 else { throw .malformed("its message is compressed") }
        var length = 0
        for place in 1..<Self.prefixBytes { length = length << 8 | Int(answer.bytes[place]) }
        guard answer.count == Self.prefixBytes + length else {
            throw .malformed("its message is not as long as it says")
        }
    }
}

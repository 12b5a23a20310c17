import Bytes
import Testing

@testable import Cluster

@Suite("A call of gRPC, without a socket")
struct GRPCSessionTests {
    /// A frame of HTTP/2 (RFC 9113, 4.1).
    private func frame(
        _ kind: UInt8, _ flags: UInt8, _ stream: UInt8, _ payload: [UInt8]
    ) -> [UInt8] {
        let count = payload.count
        return [UInt8(count >> 16), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF), kind, flags]
            + [0, 0, 0, stream] + payload
    }

    /// A field of a head, literal, not indexed (RFC 7541, 6.2.2).
    private func field(_ name: String, _ value: String) -> [UInt8] {
        [0, UInt8(name.utf8.count)] + name.utf8 + [UInt8(value.utf8.count)] + value.utf8
    }

    private var settings: [UInt8] { frame(4, 0, 0, []) }
    private var head: [UInt8] {
        frame(1, 4, 1, field(":status", "200") + field("content-type", "application/grpc"))
    }

    private func data(_ message: [UInt8]) -> [UInt8] {
        frame(0, 0, 1, [0, 0, 0, 0, UInt8(message.count)] + message)
    }

    private func trailers(_ status: String, _ message: String? = nil) -> [UInt8] {
        let fields =
            field("grpc-status", status)
            + (message.map { field("grpc-message", $0) } ?? [])
        return frame(1, 5, 1, fields)
    }

    /// What a call comes to when this is what the server sends.
    private func answer(_ bytes: [UInt8], maximumBytes: Int = 100) throws(GRPCError) -> [UInt8]? {
        var session = GRPCSession()
        try Self.begin(&session, maximumBytes)
        var sent = ByteBuffer(capacity: 1_024)
        try session.output(into: &sent, maximum: 1 << 16)
        try Self.receive(bytes, &session)
        try session.output(into: &sent, maximum: 1 << 16)
        guard session.isOver else { return nil }
        let answer = try session.takeAnswer()
        return answer.bytes.array
    }

    private static func receive(
        _ bytes: [UInt8], _ session: inout GRPCSession
    ) throws(GRPCError) {
        unsafe try session.receive(bytes.span.bytes)
    }

    private static func begin(
        _ session: inout GRPCSession, _ maximumBytes: Int
    ) throws(GRPCError) {
        let message: [UInt8] = [1, 2, 3]
        unsafe try session.begin(
            "/a.B/C", authority: "127.0.0.1:1", isSecure: false, message.span.bytes,
            maximumBytes: maximumBytes)
    }

    @Test("one message with status 0 is an answer")
    func answers() throws {
        #expect(try answer(settings + head + data([7, 8]) + trailers("0")) == [7, 8])
        #expect(try answer(settings + head + data([]) + trailers("0")) == [])
        #expect(try answer(settings + head + data([7])) == nil, "more is to come")
    }

    @Test("the request goes out behind HTTP/2's preface, with gRPC's prefix")
    func request() throws {
        var session = GRPCSession()
        try Self.begin(&session, 100)
        var sent = ByteBuffer(capacity: 1_024)
        try session.output(into: &sent, maximum: 1 << 16)
        let text = String(decoding: sent.bytes.array.prefix(24), as: UTF8.self)
        #expect(text == "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        #expect(Array(sent.bytes.array.suffix(8)) == [0, 0, 0, 0, 3, 1, 2, 3])
    }

    @Test("a refusal of the server's is told with its message")
    func refusals() throws {
        let refused = frame(
            1, 5, 1,
            field(":status", "200") + field("content-type", "application/grpc")
                + field("grpc-status", "14") + field("grpc-message", "no%20leader%"))
        #expect(throws: GRPCError.status(code: 14, message: "no leader%")) {
            try answer(settings + refused)
        }
        #expect(throws: GRPCError.status(code: 8, message: "")) {
            try answer(settings + head + data([1]) + trailers("8"))
        }
    }

    @Test("what is no answer is refused")
    func others() {
        func isMalformed(_ bytes: [UInt8], maximumBytes: Int = 100) -> Bool {
            do throws(GRPCError) {
                _ = try answer(bytes, maximumBytes: maximumBytes)
                return false
            } catch {
                if case .malformed = error { return true }
                return false
            }
        }
        #expect(isMalformed(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)))
        #expect(isMalformed(settings + head + data([1, 2]) + trailers("0"), maximumBytes: 1))
        #expect(isMalformed(settings + head + trailers("0")))
        #expect(isMalformed(settings + head + data([1]) + data([2]) + trailers("0")))
        #expect(isMalformed(settings + head + data([1]) + trailers("x")))
        let compressed = frame(0, 0, 1, [1, 0, 0, 0, 1, 9])
        #expect(isMalformed(settings + head + compressed + trailers("0")))
        let page = frame(1, 5, 1, field(":status", "404") + field("content-type", "text/html"))
        #expect(isMalformed(settings + page))
        let long = field("a", String(repeating: "b", count: 100))
        let many = frame(
            1, 4, 1, field(":status", "200") + Array(repeating: long, count: 150).joined())
        #expect(isMalformed(settings + many))
        #expect(throws: GRPCError.self) { try answer(settings + frame(3, 0, 1, [0, 0, 0, 7])) }
    }
}

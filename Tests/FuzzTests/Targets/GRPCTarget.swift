import Bytes
import Cluster

/// A server of gRPC: any bytes are refused, or are an answer within its limit, the same one in
/// whatever pieces they come.
///
/// The first byte says how long pieces are. With its highest bit, the server's settings and the
/// head of an answer come in front of the rest.
enum GRPCTarget {
    private static let maximumBytes = 256

    @Sendable static func run(_ input: [UInt8]) throws {
        guard let first = input.first else { return }
        let bytes = (first & 0x80 == 0 ? [] : preamble) + input.dropFirst()
        let whole = try answer(bytes, pieceBytes: bytes.count)
        let pieces = try answer(bytes, pieceBytes: Int(first & 0x7F) + 1)
        if let whole, let pieces { try require(whole == pieces, "another answer in pieces") }
    }

    /// Empty settings; then a head with status 200 and gRPC's content type, literal (RFC 7541).
    private static let preamble: [UInt8] = {
        func field(_ name: String, _ value: String) -> [UInt8] {
            [0, UInt8(name.utf8.count)] + name.utf8 + [UInt8(value.utf8.count)] + value.utf8
        }
        let head = field(":status", "200") + field("content-type", "application/grpc")
        return [0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, UInt8(head.count), 1, 4, 0, 0, 0, 1] + head
    }()

    /// - Returns: nil where there is no answer, or not yet.
    private static func answer(_ bytes: [UInt8], pieceBytes: Int) throws -> [UInt8]? {
        var session = GRPCSession()
        var output = ByteBuffer(capacity: 1_024)
        try begin(&session)
        var at = 0
        while at < bytes.count, !session.isOver {
            output.removeAll()
            let end = min(at + pieceBytes, bytes.count)
            do throws(GRPCError) {
                try session.output(into: &output, maximum: 1 << 16)
                try receive(Array(bytes[at..<end]), &session)
            } catch {
                return nil
            }
            at = end
        }
        guard session.isOver else { return nil }
        do throws(GRPCError) {
            let answer = try session.takeAnswer()
            precondition(answer.count <= maximumBytes, "an answer is within its limit")
            return answer.bytes.array
        } catch {
            return nil
        }
    }

    private static func begin(_ session: inout GRPCSession) throws {
        let message: [UInt8] = [1]
        try unsafe session.begin(
            "/a.B/C", authority: "a:1", isSecure: true, message.span.bytes,
            maximumBytes: maximumBytes)
    }

    private static func receive(
        _ piece: [UInt8], _ session: inout GRPCSession
    ) throws(GRPCError) {
        unsafe try session.receive(piece.span.bytes)
    }
}

package import Addresses
internal import Bytes

/// What precedes a connection's first request when a proxy announces whom it speaks for: the PROXY
/// protocol, versions 1 and 2, as HAProxy's `proxy-protocol.txt` specifies it.
///
/// Pure, and without a state of its own: called again with more bytes it begins anew, and looks at
/// no more of them than it must, so a header that comes byte by byte costs little more.
package struct ProxyHeader: Equatable, Sendable, BitwiseCopyable {
    /// The client's address; nil where the proxy speaks for itself (`LOCAL`, its health checks),
    /// or for a client without an IP address or stream (`UNKNOWN`, `UNSPEC`, `UNIX`, `DGRAM`):
    /// then the peer's own stands.
    package var source: IPAddress?
    /// Bytes of the header: what follows is the connection's own.
    package var byteCount: Int

    /// What a header is refused for. The connection ends without an answer: whoever is there does
    /// not speak what was agreed on.
    package enum Rejection: UInt8, Error, CaseIterable, Sendable, BitwiseCopyable {
        /// The bytes are no header of either version.
        case malformed
        /// It is longer than the limit.
        case tooLong
        /// It has a checksum, and not the one of its bytes.
        case wrongChecksum
    }

    package enum Step: Equatable, Sendable {
        /// So far it could be one: call again with more bytes behind the same ones.
        case needMore
        case complete(ProxyHeader)
        case failed(Rejection)
    }

    /// Bytes of the longest header of version 1, its CRLF included.
    package static var longestLine: Int { 107 }

    /// - Parameters:
    ///   - bytes: everything received on the connection.
    ///   - limit: bytes that a header may have; at least ``longestLine``.
    package static func parse(_ bytes: RawSpan, limit: Int) -> Step {
        precondition(limit >= longestLine, "a line of version 1 fits")
        guard bytes.byteCount > 0 else { return .needMore }
        do throws(Rejection) {
            // Their first bytes differ.
            let header =
                bytes[0] == ProxyHeaderBlock.signature[0]
                ? try ProxyHeaderBlock.read(bytes, limit: limit)
                : try ProxyHeaderLine.read(bytes)
            return header.map { .complete($0) } ?? .needMore
        } catch {
            return .failed(error)
        }
    }
}

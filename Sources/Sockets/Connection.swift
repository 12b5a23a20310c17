package import Addresses
package import Bytes
internal import CLinux
internal import Glibc

/// One connection's descriptor, peer and TLS: 32 bytes and no buffer. Where it stands, and what it
/// waits for, its loop keeps beside it.
///
/// Bytes come through ``receive(into:maximum:)`` and leave through ``send(_:)``, and nowhere else:
/// a TLS session joins inside these two, and the loop above notices only its handshake.
@usableFromInline
package struct Connection: BitwiseCopyable {
    /// The kernel's number; -1 while the place is free. Owned by the table, closed by it alone.
    package internal(set) var descriptor: Int32 = -1
    /// Which tenant of the place this is; stale events carry an older one.
    package internal(set) var generation: UInt32 = 0
    /// The peer's address, for its limit and its class; or the one that a proxy has announced.
    package var peer = IPAddress(high: 0, low: 0)
    /// Its TLS; nil where it is plain. Owned by the table, made and ended by it alone.
    package internal(set) var session: TLSSession?

    /// Reads what has come, up to `maximum` bytes, behind what `buffer` holds.
    package func receive(into buffer: inout ByteBuffer, maximum: Int) -> ReceiveResult {
        if let session { return session.receive(into: &buffer, maximum: maximum) }
        return receive(into: &buffer, maximum: maximum, flags: 0)
    }

    /// Asks the kernel, past any TLS.
    func receive(into buffer: inout ByteBuffer, maximum: Int, flags: Int32) -> ReceiveResult {
        var result = ReceiveResult.wouldBlock
        unsafe buffer.append(maximum: maximum) { room in
            let count = unsafe linux_receive(descriptor, room.baseAddress, room.count, flags)
            result = Self.result(of: count)
            return max(count, 0)
        }
        return result
    }

    /// What the kernel's answer to a reading means; asked at once, while `errno` is its own.
    static func result(of count: Int) -> ReceiveResult {
        if count > 0 { return .received(count) }
        if count == 0 { return .finished }
        return errno == EAGAIN || errno == EINTR ? .wouldBlock : .broken
    }

    /// Hands bytes to the kernel.
    /// - Returns: how many it took, which may be fewer or none, or nil where the peer is gone.
    package func send(_ bytes: RawSpan) -> Int? {
        if let session { return session.send(bytes) }
        let count = unsafe bytes.withUnsafeBytes { source in
            unsafe linux_send(descriptor, source.baseAddress, source.count)
        }
        if count >= 0 { return count }
        return errno == EAGAIN || errno == EINTR ? 0 : nil
    }

    /// Says that nothing more will be sent; what the peer still sends can be read.
    package func finishSending() {
        session?.sendCloseNotify()
        // The peer may be gone already, which is as good.
        _ = shutdown(descriptor, Int32(SHUT_WR))
    }
}

extension Connection {
    /// Tells somebody for whom there is no place why, as well as may be, and closes.
    ///
    /// Its buffer is empty, so the kernel takes the answer at once or the peer is gone. What the
    /// peer has sent is read before: closing over it would take the answer back (RFC 9112, 9.6).
    package static func refuse(_ descriptor: Int32, with answer: RawSpan) {
        _ = unsafe answer.withUnsafeBytes {
            unsafe linux_send(descriptor, $0.baseAddress, $0.count)
        }
        _ = shutdown(descriptor, Int32(SHUT_WR))
        unsafe withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { room in
            _ = unsafe linux_receive(descriptor, room.baseAddress, room.count, 0)
        }
        _ = close(descriptor)
    }
}

extension Connection {
    package var isSecured: Bool { session != nil }
    /// Whether it speaks TLS 1.3; known once the handshake is made.
    package var speaksTLS13: Bool { session?.speaksTLS13 == true }

    /// What the ClientHello says of the client; nothing where there is no TLS, or none yet.
    package var clientHello: ClientHelloMarks {
        unsafe session?.state.pointee.clientHello ?? ClientHelloMarks()
    }

    /// More is to be read although the last read was a short one, and no event will tell of it.
    package var hasMore: Bool { unsafe session?.state.pointee.ending != nil }

    /// The peer has sent more messages of handshakes behind its own than it may.
    package var hasTooManyHandshakes: Bool { session?.hasTooManyMessages == true }

    /// Part of a TLS record has come, and is kept.
    package var hasPartialRecord: Bool { session?.isWithinRecord == true }

    /// Bytes that TLS keeps for a handshake, or a record, that is not complete; about.
    package var sessionBytes: Int { session?.keptBytes ?? 0 }

    /// The peer has begun its handshake.
    package var hasBegunHandshake: Bool { unsafe session?.state.pointee.hasBegun == true }

    /// TLS has to send something before more can be read: room in the kernel's buffer is as good
    /// as bytes that have come.
    package var readsWhenWritable: Bool { unsafe session?.state.pointee.waitsForRoom == true }

    /// Why OpenSSL did not take the server's certificate, in its words: `certificate has expired`,
    /// `hostname mismatch`; nil where that is not what went wrong.
    package var certificateError: String? { session?.certificateError }

    /// What OpenSSL said when a client's session broke, as the server's alert; nil without it.
    package var breakReason: String? { unsafe session?.state.pointee.reason }

    /// Goes on with the handshake of a secured connection.
    package func shakeHands() -> HandshakeStep {
        guard let session else { preconditionFailure("a handshake is of a session") }
        return session.shakeHands()
    }
}

/// What ``Connection/receive(into:maximum:)`` found.
package enum ReceiveResult: Equatable {
    /// So many bytes more.
    case received(Int)
    /// Nothing now; an event will tell.
    case wouldBlock
    /// The peer has sent all it will.
    case finished
    /// The connection is no more.
    case broken
}

/// What ``TLSSession/shakeHands()`` came to.
package enum HandshakeStep: Equatable {
    /// The handshake is made; bytes may have come behind it already.
    case done(Handshake)
    /// It goes on when the peer sends more, or takes more.
    case needsMore
    /// The peer speaks plain HTTP.
    case plain
    /// The peer has left without a word.
    case closed
    /// The peer has sent more than ``TLSLimits/handshakeBytes``.
    case tooLong
    /// There will be no session; why, in OpenSSL's words. The peer has been told.
    case failed(String)
}

/// What a handshake came to.
package struct Handshake: Equatable, Sendable {
    /// It went on with an earlier session, by a ticket.
    package let isResumed: Bool
    /// TLS 1.3; if not, 1.2.
    package let isOfVersion13: Bool
}

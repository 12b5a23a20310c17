/// What handshakes may cost that a peer sends.
package struct TLSLimits: Equatable, Sendable {
    /// Bytes of a handshake, which is kept in memory until it is made. A chain of client
    /// certificates takes a few thousand.
    package var handshakeBytes = 64 << 10
    /// Messages of handshakes on one connection when its own is made: a client may change its keys
    /// now and then (RFC 8446, 4.6.3), or ask in vain for another handshake. Without a limit it
    /// could keep its thread busy with nothing else.
    package var postHandshakeMessages = 32

    package init() {}
}

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

    /// Bytes that OpenSSL takes for a session before the first byte of its handshake.
    static var sessionBytes: Int { 10 << 10 }
    /// From then on until the ClientHello is read, and wherever else a long message may come:
    /// OpenSSL takes a buffer for all of a message when its header is there, whatever length it
    /// says.
    static var helloBytes: Int { 216 << 10 }
    /// From then on until the handshake is made: records, and the keys of the handshake.
    static var begunBytes: Int { 64 << 10 }
    /// For a record of which a part has come.
    static var recordBytes: Int { 17 << 10 }
}

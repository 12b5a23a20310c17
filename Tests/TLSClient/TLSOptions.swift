internal import COpenSSL

/// What a client says about itself.
package struct TLSOptions {
    /// The name it asks for, and expects of a certificate that it verifies; nil asks for none.
    package var serverName: String?
    /// Whose certificates it takes; nil takes anybody's.
    package var authorities: String?
    /// Commands of OpenSSL's configuration: `MaxProtocol`, `CipherString`, `Groups`,
    /// `SignatureAlgorithms`, `Certificate`, `PrivateKey`.
    package var commands: [(name: String, value: String)] = []
    /// What it offers by ALPN; empty offers nothing.
    package var protocols: [String] = []
    /// An earlier session to go on with.
    package var ticket: TLSTicket?
    /// Bytes that it sends at once.
    package var pieceBytes = Int.max

    package init(_ change: (inout TLSOptions) -> Void = { _ in }) {
        change(&self)
    }

    package static func version(_ name: String) -> TLSOptions {
        TLSOptions { $0.commands = [("MinProtocol", name), ("MaxProtocol", name)] }
    }
}

/// A session that a client may go on with.
@safe
package final class TLSTicket: @unchecked Sendable {
    // `@unchecked Sendable`: OpenSSL counts references with atomics; nobody changes a session.
    let session: OpaquePointer

    init(_ session: OpaquePointer) {
        unsafe self.session = unsafe session
    }

    deinit { unsafe SSL_SESSION_free(session) }
}

extension TLSTicket {
    /// Whether a server has said how to come back.
    package var isResumable: Bool { unsafe SSL_SESSION_is_resumable(session) == 1 }

    /// Bytes that it may send before the handshake is made; anybody could send them again.
    package var earlyDataBytes: Int { Int(unsafe SSL_SESSION_get_max_early_data(session)) }
}

/// How a request came, as far as that decides what its head can tell.
///
/// A rule names what it needs of this, and is off where it is not there: behind a trusted proxy,
/// the order and case of header names, and what a browser sends only over a secure connection, are
/// the proxy's doing.
package struct RobotTransport: OptionSet, Sendable, BitwiseCopyable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Nobody stands between: the head has the client's own bytes, names in its order and case.
    package static var direct: RobotTransport { RobotTransport(rawValue: 1) }
    /// The client takes the connection for secure (W3C Secure Contexts: TLS, or this machine), so a
    /// browser sends its `Sec-` headers.
    package static var secure: RobotTransport { RobotTransport(rawValue: 2) }
    /// TLS of any version, ended by this process.
    package static var encrypted: RobotTransport { RobotTransport(rawValue: 4) }
    /// TLS 1.3.
    package static var newTLS: RobotTransport { RobotTransport(rawValue: 8) }

    /// TLS up to 1.2, ended by this process.
    package static var tls: RobotTransport { RobotTransport(rawValue: 7) }
    /// TLS 1.3, ended by this process.
    package static var tls13: RobotTransport {
        RobotTransport(rawValue: tls.rawValue | newTLS.rawValue)
    }
    /// HTTP without TLS from another machine.
    package static var plain: RobotTransport { .direct }
    /// HTTP without TLS from this machine.
    package static var loopback: RobotTransport { RobotTransport(rawValue: 3) }
    /// From a trusted proxy.
    package static var proxied: RobotTransport { RobotTransport(rawValue: 0) }

    /// The names by which files and command lines have them.
    package static let named: [(name: String, transport: RobotTransport)] = [
        ("tls", .tls), ("tls1.3", .tls13), ("plain", .plain), ("loopback", .loopback),
        ("proxied", .proxied),
    ]
}

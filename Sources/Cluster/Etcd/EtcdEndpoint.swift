/// Where one member of etcd takes its clients' calls.
package struct EtcdEndpoint: Equatable, Sendable {
    package let isSecure: Bool
    /// A name or an address, IPv6 without brackets.
    package let host: String
    package let port: UInt16

    package init(isSecure: Bool, host: String, port: UInt16) {
        self.isSecure = isSecure
        self.host = host
        self.port = port
    }

    /// Host and port as a URL has them.
    package var authority: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
}

extension EtcdEndpoint: CustomStringConvertible {
    package var description: String { (isSecure ? "https://" : "http://") + authority }
}

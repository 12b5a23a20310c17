internal import Glibc
package import Sockets

/// What nodes show each other: one certificate each, of authorities that all trust.
package struct LinkTrust: Sendable {
    let server: TLSContext?
    let client: TLSClientContext?

    /// For plain text, on a network that is the nodes' own.
    package static let none = LinkTrust(server: nil, client: nil)

    private init(server: TLSContext?, client: TLSClientContext?) {
        self.server = server
        self.client = client
    }

    /// Whether an operator's change may go over a link with this address at its other end: only
    /// where that is known to be a node, or is on this machine. Whoever reaches a port of plain
    /// text could change everything otherwise.
    package func carriesChanges(to other: SocketAddress) -> Bool {
        server != nil || other.isLoopback
    }

    /// - Throws: `TLSFileError` naming the file that is not as it must be.
    package init(authorities: String, own: TLSFiles.Pair) throws(TLSFileError) {
        let now = Int64(time(nil))
        server = try TLSContext(
            TLSFiles(pairs: [own], clientAuthorities: authorities), tickets: nil, now: now)
        client = try TLSClientContext(authorities: authorities, own: own, now: now)
    }
}

extension ConnectionTable {
    /// Makes a link to another node.
    /// - Precondition: the table has a free place.
    /// - Returns: the link's place.
    mutating func link(
        to address: SocketAddress, _ trust: LinkTrust, _ wait: borrowing Waiting
    ) throws(ConnectFailure) -> UInt32 {
        let place = try connect(to: address, wait)
        guard let context = trust.client else { return place }
        do throws(ConnectFailure) {
            try secure(place, with: context, host: "\(address.octets)", wait)
        } catch {
            close(place)
            throw error
        }
        return place
    }
}

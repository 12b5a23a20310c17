internal import Glibc
package import Sockets

/// What nodes show each other: one certificate each, of authorities that all trust. Copies share
/// what is renewed: links from then on are made with it.
package struct LinkTrust: Sendable {
    private struct Files {
        let authorities: String
        let own: TLSFiles.Pair
    }

    private struct Contexts {
        let server: TLSContext
        let client: TLSClientContext

        init(_ files: Files) throws(TLSFileError) {
            let now = Int64(time(nil))
            // First: its errors have the names of the settings.
            client = try TLSClientContext(
                authorities: files.authorities, own: files.own, now: now)
            server = try TLSContext(
                TLSFiles(pairs: [files.own], clientAuthorities: files.authorities), tickets: nil,
                now: now)
        }
    }

    private let files: Files?
    private let contexts: Renewable<Contexts>?
    /// The DNS name that every node's certificate has; nil where each has its address.
    let name: String?

    var server: TLSContext? { contexts?.value.server }
    var client: TLSClientContext? { contexts?.value.client }

    /// For plain text, on a network that is the nodes' own.
    package static let none = LinkTrust()

    private init() {
        files = nil
        contexts = nil
        name = nil
    }

    /// Whether an operator's change may go over a link with this address at its other end: only
    /// where that is known to be a node, or is on this machine. Whoever reaches a port of plain
    /// text could change everything otherwise.
    package func carriesChanges(to other: SocketAddress) -> Bool {
        contexts != nil || other.isLoopback
    }

    /// - Parameter name: the DNS name that every node's certificate has, where addresses change;
    ///   nil: it has the address that the node is reached by.
    /// - Throws: `TLSFileError` naming the file that is not as it must be.
    package init(
        authorities: String, own: TLSFiles.Pair, name: String? = nil
    ) throws(TLSFileError) {
        let files = Files(authorities: authorities, own: own)
        self.files = files
        contexts = Renewable(try Contexts(files))
        self.name = name
    }

    /// Reads the files again; what is in force stays so.
    /// - Returns: puts what was read in force; nil where there are no files.
    /// - Throws: `TLSFileError` naming the file that is not as it must be.
    package func readAgain() throws(TLSFileError) -> (@Sendable () -> Void)? {
        guard let files, let contexts else { return nil }
        let fresh = try Contexts(files)
        return { contexts.change(to: fresh) }
    }

    /// What is shown: its file, and when it ends, in seconds since 1970; nil for nothing.
    package var own: (path: String, notAfter: Int64)? { client?.own }

    /// What is not wrong with it, but not well either: a line each.
    package var warnings: [String] { server?.warnings ?? [] }
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
            try secure(place, with: context, host: trust.name ?? "\(address.octets)", wait)
        } catch {
            close(place)
            throw error
        }
        return place
    }
}

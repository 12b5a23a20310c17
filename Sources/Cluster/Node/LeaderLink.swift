internal import Glibc
package import Sockets

/// A follower's link to its leader, and how the follower lets time pass: over a socket
/// (``LinkClient``), or in the virtual time of a simulation.
package protocol LeaderLink: ~Copyable {
    var isOpen: Bool { get }

    mutating func close()

    /// Makes a link; waits for it.
    mutating func open(to address: SocketAddress) throws(LinkFailure)

    /// Tells the leader of this node, where the link takes it: a frame that does not go leaves room
    /// for the next one.
    mutating func send(_ frame: LinkFrame)

    /// The last frame of those that have come, waited for as long as given.
    /// - Parameter bell: a descriptor that ends the wait when it can be read.
    mutating func receive(seconds: Double, waking bell: Int32?) -> LinkReceived

    /// Lets time pass.
    mutating func pass(seconds: Double)
}

/// Why there is no link.
package enum LinkFailure: Error {
    /// Nobody listens there: the process has ended.
    case refused
    /// The other end took the connection, and no link came of it: a process lives there.
    case handshake(String)
    /// Another reason; it may pass.
    case other(String)
}

extension LinkFailure {
    /// - Parameter seconds: how long the connection was waited for.
    init(_ failure: ConnectionTable.ConnectFailure, withinSeconds seconds: Double) {
        switch failure {
        case .system(let error) where error.code == ECONNREFUSED: self = .refused
        case .system(let error): self = .other(error.reason)
        case .timedOut: self = .other("no answer within \(seconds) s")
        case .handshake(let reason): self = .handshake(reason)
        }
    }
}

extension LinkFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .refused: "nobody listens there"
        case .handshake(let reason), .other(let reason): reason
        }
    }
}

/// What has come over a link.
package enum LinkReceived {
    case frame(LinkFrame)
    case nothing
    case lost(String)
}

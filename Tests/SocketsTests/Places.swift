@testable import Sockets

/// A connection table behind a reference: the test macros cannot hold what cannot be copied.
final class Places {
    private var table: ConnectionTable

    init(capacity: Int) {
        table = ConnectionTable(capacity: capacity)
    }

    var count: Int { table.count }
    var openPlaces: [UInt32] { table.openPlaces }

    func open(_ descriptor: Int32, peer: SocketAddress) -> EventToken? {
        table.open(descriptor, peer: peer)
    }

    func secure(_ place: UInt32, with context: TLSClientContext, host: String) -> Bool {
        table.secure(place, with: context, host: host)
    }

    func close(_ place: UInt32) { table.close(place) }

    func isCurrent(_ token: EventToken) -> Bool { table.isCurrent(token) }

    func isOpen(_ place: UInt32) -> Bool { table.isOpen(place) }

    func token(of place: UInt32) -> EventToken { table.token(of: place) }

    subscript(place: UInt32) -> Connection {
        get { table[place] }
        set { table[place] = newValue }
    }
}

internal import Sockets
internal import Synchronization

/// How many connections each address has open, over all loops. Touched once when a connection
/// opens and once when it closes, never for a request: a lock will do.
///
/// This machine's own addresses are not counted: a proxy in front speaks for everyone.
final class AddressBook: Sendable {
    private let most: Int
    private let open = Mutex<[SocketAddress.InlineOctets: Int]>([:])

    init(most: Int) {
        self.most = most
    }

    /// Counts one more connection, or says that the address has as many as it may.
    func admit(_ address: SocketAddress.InlineOctets) -> Bool {
        if address.isLoopback { return true }
        return open.withLock { open in
            let count = open[address, default: 0]
            guard count < most else { return false }
            open[address] = count + 1
            return true
        }
    }

    /// Counts one connection less.
    func release(_ address: SocketAddress.InlineOctets) {
        if address.isLoopback { return }
        open.withLock { open in
            let count = open[address, default: 0]
            open[address] = count > 1 ? count - 1 : nil
        }
    }
}

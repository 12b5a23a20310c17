internal import Sockets
internal import Synchronization

/// How many connections are open, in all and from each address, over all loops. Touched once when
/// a connection opens and once when it closes, never for a request: a lock will do.
///
/// This machine's own addresses have no limit of their own: a proxy in front speaks for everyone.
final class AddressBook: Sendable {
    private let most: Int
    private let book: Mutex<Book>

    private struct Book {
        var perAddress: Int
        var total = 0
        var open: [SocketAddress.InlineOctets: Int] = [:]
    }

    init(most: Int, perAddress: Int) {
        self.most = most
        book = Mutex(Book(perAddress: perAddress))
    }

    /// Another limit from now on; who is there already stays.
    func change(perAddress: Int) {
        book.withLock { $0.perAddress = perAddress }
    }

    /// Counts one more connection, or says that there are as many as there may be.
    func admit(_ address: SocketAddress.InlineOctets) -> Bool {
        book.withLock { book in
            guard book.total < most else { return false }
            if !address.isLoopback {
                let count = book.open[address, default: 0]
                guard count < book.perAddress else { return false }
                book.open[address] = count + 1
            }
            book.total += 1
            return true
        }
    }

    /// Counts one connection less.
    func release(_ address: SocketAddress.InlineOctets) {
        book.withLock { book in
            book.total = max(book.total - 1, 0)
            guard !address.isLoopback else { return }
            let count = book.open[address, default: 0]
            book.open[address] = count > 1 ? count - 1 : nil
        }
    }
}

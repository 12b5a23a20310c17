internal import Bytes
internal import Synchronization

/// How many connections are open, in all and from each address, over all loops. Touched once when
/// a connection opens and once when it closes, never for a request: a lock will do.
///
/// This machine's own addresses and those of trusted proxies have no limit of their own: a proxy
/// in front speaks for everyone.
final class AddressBook: Sendable {
    private let most: Int
    private let proxies: TrustedProxies
    private let book: Mutex<Book>

    private struct Book {
        var perAddress: Int
        var total = 0
        var open: [IPAddress: Int] = [:]
    }

    init(most: Int, perAddress: Int, proxies: TrustedProxies = TrustedProxies()) {
        self.most = most
        self.proxies = proxies
        book = Mutex(Book(perAddress: perAddress))
    }

    /// Another limit from now on; who is there already stays.
    func change(perAddress: Int) {
        book.withLock { $0.perAddress = perAddress }
    }

    /// Counts one more connection, or says that there are as many as there may be.
    /// - Parameter address: nil while nobody has said whose it is.
    func admit(_ address: IPAddress?) -> Bool {
        book.withLock { book in
            guard book.total < most, address.map({ count($0, in: &book) }) ?? true else {
                return false
            }
            book.total += 1
            return true
        }
    }

    /// Counts a connection that was admitted without an address by the one it has now, or says
    /// that this address has as many as it may have.
    func name(_ address: IPAddress) -> Bool {
        book.withLock { count(address, in: &$0) }
    }

    /// Counts one connection less.
    /// - Parameter address: nil where it never had one.
    func release(_ address: IPAddress?) {
        book.withLock { book in
            book.total = max(book.total - 1, 0)
            guard let address, isLimited(address) else { return }
            let count = book.open[address, default: 0]
            book.open[address] = count > 1 ? count - 1 : nil
        }
    }

    private func count(_ address: IPAddress, in book: inout Book) -> Bool {
        guard isLimited(address) else { return true }
        let count = book.open[address, default: 0]
        guard count < book.perAddress else { return false }
        book.open[address] = count + 1
        return true
    }

    private func isLimited(_ address: IPAddress) -> Bool {
        !address.isLoopback && !proxies.contains(address)
    }
}

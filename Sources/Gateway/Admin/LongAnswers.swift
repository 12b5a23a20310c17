internal import Ledger
internal import Synchronization

/// How many long answers there may be at once: each keeps files open, and buffers. A client's
/// tokens have a share, and an admin finds room beside all clients.
final class LongAnswers: Sendable {
    private let holders = Mutex<[String: Int]>([:])

    private static var maximum: Int { 16 }
    /// Beyond it only an admin gets a place.
    private static var maximumOfOthers: Int { 12 }
    private static var maximumPerHolder: Int { 4 }

    /// A place, free again when it is let go of.
    final class Place: Sendable {
        private let owner: LongAnswers
        private let holder: String

        fileprivate init(_ owner: LongAnswers, _ holder: String) {
            self.owner = owner
            self.holder = holder
        }

        deinit { owner.release(holder) }
    }

    /// - Throws: ``Problem`` 503 where there is no place for this holder of a token.
    func acquire(for author: Author) throws(Problem) -> Place {
        let holder = "\(author.role.rawValue) \(author.name)"
        let isAdmin = author.role == .admin
        let isTaken = holders.withLock { holders in
            let inUse = holders.values.reduce(0, +)
            guard inUse < (isAdmin ? Self.maximum : Self.maximumOfOthers),
                isAdmin || holders[holder, default: 0] < Self.maximumPerHolder
            else { return false }
            holders[holder, default: 0] += 1
            return true
        }
        guard isTaken else { throw .tooManyLongAnswers }
        return Place(self, holder)
    }

    private func release(_ holder: String) {
        holders.withLock { holders in
            let left = (holders[holder] ?? 1) - 1
            holders[holder] = left == 0 ? nil : left
        }
    }
}

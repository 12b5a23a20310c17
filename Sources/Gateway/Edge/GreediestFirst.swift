internal import Addresses

/// Who goes where connections together hold more memory than they may: of the owner that holds the
/// most, a token or an address, the connection that holds the most, and so on until enough is given
/// back. Of equals the one that has waited longest: an honest request's rest comes soon. Those are
/// equal that hold the same up to a quarter (``weight(_:)``), so that some bytes more cost nobody
/// its place.
///
/// So a client that holds little keeps its place, however many others came before it.
struct GreediestFirst {
    /// A connection that can go.
    struct Holder {
        let slot: UInt32
        /// Whose it is, unless it has shown a token; nil where its address speaks for many: then it
        /// stands for itself.
        let address: IPAddress?
        /// Whose token it has shown; nil for none.
        var token: TokenHolder?
        let bytes: Int
        /// Since when it waits for its peer, or a time that grows with that.
        let waitsSince: UInt64

        fileprivate var owner: OwnerName? {
            if let token { return .token(token) }
            return address.map { .address($0) }
        }

        fileprivate func hasOwner(of other: Holder) -> Bool {
            slot == other.slot || owner != nil && owner == other.owner
        }
    }

    fileprivate enum OwnerName: Hashable {
        case token(TokenHolder)
        case address(IPAddress)
    }

    /// The connections of one owner, the greediest last.
    private struct Owner {
        var connections: [Holder]
        var bytes: Int
        var weight: Int { GreediestFirst.weight(bytes) }
        /// Since when the first of them to go waits.
        var waitsSince: UInt64 { connections.last?.waitsSince ?? .max }
    }

    /// - Parameter wanted: bytes to be given back.
    /// - Returns: the slots of those that go, in order. O(n log n).
    static func choose(from holders: [Holder], wanted: Int) -> [UInt32] {
        take(wanted, from: holders, heavierThan: 0).slots
    }

    /// Who makes room for one more answer: those whose owners hold more than the newcomer's would.
    /// - Parameters:
    ///   - newcomer: with the bytes that it needs, beside what it holds.
    ///   - wanted: bytes to be given back.
    /// - Returns: nobody where all of that would not be enough. O(n log n).
    static func choose(
        from holders: [Holder], for newcomer: Holder, wanted: Int
    ) -> [UInt32] {
        let own = holders.filter { $0.hasOwner(of: newcomer) }.reduce(0) { $0 + $1.bytes }
        let taken = take(
            wanted, from: holders.filter { !$0.hasOwner(of: newcomer) },
            heavierThan: weight(own + newcomer.bytes))
        return taken.bytes < wanted ? [] : taken.slots
    }

    /// - Parameter floor: owners of this weight, or less, keep what they have.
    private static func take(
        _ wanted: Int, from holders: [Holder], heavierThan floor: Int
    ) -> (slots: [UInt32], bytes: Int) {
        var owners = owners(of: holders)
        heapify(&owners)
        var chosen: [UInt32] = []
        var given = 0
        while given < wanted, let first = owners.first, first.weight > floor {
            guard let holder = owners[0].connections.popLast() else { break }
            chosen.append(holder.slot)
            given += holder.bytes
            owners[0].bytes -= holder.bytes
            if owners[0].connections.isEmpty {
                owners.swapAt(0, owners.count - 1)
                owners.removeLast()
            }
            sink(0, in: &owners)
        }
        return (chosen, given)
    }

    /// A class of sizes: four for each power of two.
    static func weight(_ bytes: Int) -> Int {
        let bits = Int.bitWidth - bytes.leadingZeroBitCount
        return bits < 3 ? bits : bits << 2 | (bytes >> (bits - 3)) & 3
    }

    private static func owners(of holders: [Holder]) -> [Owner] {
        var owners: [Owner] = []
        var known: [OwnerName: Int] = [:]
        for holder in holders where holder.bytes > 0 {
            if let name = holder.owner, let index = known[name] {
                owners[index].connections.append(holder)
                owners[index].bytes += holder.bytes
            } else {
                if let name = holder.owner { known[name] = owners.count }
                owners.append(Owner(connections: [holder], bytes: holder.bytes))
            }
        }
        for index in owners.indices where owners[index].connections.count > 1 {
            owners[index].connections.sort {
                (weight($0.bytes), $1.waitsSince) < (weight($1.bytes), $0.waitsSince)
            }
        }
        return owners
    }

    // MARK: A heap, the greediest first

    private static func goesBefore(_ one: Owner, _ other: Owner) -> Bool {
        let (mine, others) = (one.weight, other.weight)
        return mine == others ? one.waitsSince < other.waitsSince : mine > others
    }

    private static func heapify(_ owners: inout [Owner]) {
        for index in stride(from: owners.count / 2 - 1, through: 0, by: -1) {
            sink(index, in: &owners)
        }
    }

    private static func sink(_ start: Int, in owners: inout [Owner]) {
        var index = start
        while true {
            var first = index
            for child in [2 * index + 1, 2 * index + 2] where child < owners.count {
                if goesBefore(owners[child], owners[first]) { first = child }
            }
            if first == index { return }
            owners.swapAt(first, index)
            index = first
        }
    }
}

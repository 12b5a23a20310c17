internal import Addresses

/// Who goes where connections together hold more memory than they may: of the address that holds
/// the most the connection that holds the most, and so on until enough is given back. Of equals the
/// one that has waited longest: an honest request's rest comes soon. Those are equal that hold the
/// same up to a quarter (``weight(_:)``), so that some bytes more cost nobody its place.
///
/// So a client that holds little keeps its place, however many others came before it.
struct GreediestFirst {
    /// A connection that can go.
    struct Holder {
        let slot: UInt32
        /// Whose it is; nil where its address speaks for many: then it stands for itself.
        let address: IPAddress?
        let bytes: Int
        /// Since when it waits for its peer, or a time that grows with that.
        let waitsSince: UInt64
    }

    /// The connections of one address, the greediest last.
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
        var owners = owners(of: holders)
        heapify(&owners)
        var chosen: [UInt32] = []
        var given = 0
        while given < wanted, !owners.isEmpty {
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
        return chosen
    }

    /// A class of sizes: four for each power of two.
    static func weight(_ bytes: Int) -> Int {
        let bits = Int.bitWidth - bytes.leadingZeroBitCount
        return bits < 3 ? bits : bits << 2 | (bytes >> (bits - 3)) & 3
    }

    private static func owners(of holders: [Holder]) -> [Owner] {
        var owners: [Owner] = []
        var known: [IPAddress: Int] = [:]
        for holder in holders where holder.bytes > 0 {
            if let address = holder.address, let index = known[address] {
                owners[index].connections.append(holder)
                owners[index].bytes += holder.bytes
            } else {
                if let address = holder.address { known[address] = owners.count }
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

import Bytes
import Contract
internal import Time

/// The operations by index, and by the name that they have now.
///
/// An operation that was reset or deleted (C18) is retired. Its index is never given to another,
/// because records of entries name it; and what was forgotten cannot be met again, because every
/// key of the participants' table has the index in it.
struct OperationTable: Equatable, Sendable {
    private(set) var all: [Catalogue.Operation] = []
    private var indices: [String: UInt32] = [:]
    /// Those that the ladder holds, those that do not let every entry in, and those that may lack a
    /// notice: so that what is few is found without a look at all.
    private(set) var held: Set<UInt32> = []
    private(set) var limited: Set<UInt32> = []
    private(set) var lackingNotice: Set<UInt32> = []

    func index(_ id: String) -> UInt32? { indices[id] }

    func requireIndex(_ id: String) throws(CommandRefusal) -> UInt32 {
        guard let index = indices[id] else { throw .unknownOperation(id) }
        return index
    }

    subscript(index: UInt32) -> Catalogue.Operation {
        get { all[Int(index)] }
        _modify {
            defer { updateSets(index) }
            yield &all[Int(index)]
        }
    }

    private mutating func updateSets(_ index: UInt32) {
        let operation = all[Int(index)]
        if operation.rung != .open {
            held.insert(index)
        } else if !held.isEmpty {
            held.remove(index)
        }
        if [.smoothed, .suspended].contains(operation.state) {
            limited.insert(index)
        } else if !limited.isEmpty {
            limited.remove(index)
        }
        if operation.mayLackNotice {
            lackingNotice.insert(index)
        } else if !lackingNotice.isEmpty {
            lackingNotice.remove(index)
        }
    }

    /// Adds a draft.
    mutating func add(
        _ id: String, _ settings: OperationSettings, dataKeyID: String, at time: Timestamp
    ) throws(CommandRefusal) -> UInt32 {
        let index = try nextIndex()
        all.append(
            Catalogue.Operation(
                id: id, settings: settings, createdAt: time, dataKeyID: dataKeyID))
        indices[id] = index
        return index
    }

    /// Has the operation go on under a new index, set back to zero.
    /// - Returns: that index.
    mutating func reset(_ index: UInt32, dataKeyID: String) throws(CommandRefusal) -> UInt32 {
        let new = try nextIndex()
        let successor = all[Int(index)].successor(dataKeyID: dataKeyID)
        all.append(successor)
        indices[successor.id] = new
        self[index].retire(.reset(successor: new))
        updateSets(new)
        return new
    }

    /// Retires the operation; its name is free from now on.
    mutating func delete(_ index: UInt32) {
        indices[all[Int(index)].id] = nil
        self[index].retire(.deleted)
    }

    /// The indices of a client's operations that are not retired. Linear in all operations: for
    /// what persons do to a client as a whole.
    func indices(of client: String) -> [UInt32] {
        all.indices.filter { all[$0].retirement == nil && all[$0].client == client }
            .map(UInt32.init)
    }

    // MARK: A client's operations together

    /// The client's operations that count together are beyond what is free for all of them (C2).
    mutating func crossTogether(_ crossing: ClientCrossing, at time: Timestamp) {
        for index in all.indices
        where all[index].client == crossing.client && all[index].sharesCover(at: time) {
            self[UInt32(index)].traffic.crossTogether(
                participants: crossing.participants, cover: crossing.cover, at: time)
        }
    }

    /// They are within it again.
    mutating func endSharedCrossing(of client: String) {
        for index in all.indices
        where all[index].client == client && all[index].traffic.sharedCrossing != nil {
            self[UInt32(index)].traffic.endSharedCrossing()
        }
    }

    private func nextIndex() throws(CommandRefusal) -> UInt32 {
        try LedgerLimits.index(
            after: all.count, limit: LedgerLimits.operations, name: "operations")
    }

    /// Makes the storage this table's alone.
    mutating func detachStorage() {
        all.reserveCapacity(all.count + 1)
        indices.reserveCapacity(indices.count + 1)
        held.reserveCapacity(held.count + 1)
        limited.reserveCapacity(limited.count + 1)
        lackingNotice.reserveCapacity(lackingNotice.count + 1)
    }
}

extension OperationTable: Codable {
    init(from decoder: any Decoder) throws {
        all = try [Catalogue.Operation](from: decoder)
        for (index, operation) in all.enumerated() {
            if operation.retirement == nil { indices[operation.id] = UInt32(index) }
            updateSets(UInt32(index))
        }
    }

    func encode(to encoder: any Encoder) throws { try all.encode(to: encoder) }
}

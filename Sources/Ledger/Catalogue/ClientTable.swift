package import Contract
package import Time

extension Catalogue {
    package struct Client: Equatable, Codable, Sendable {
        package let id: String
        package fileprivate(set) var name: String
        package let createdAt: Timestamp
        /// A person's, of the client with all its operations; also one whose time is over, until
        /// the next.
        fileprivate var suspension: Suspension?
        /// Exchanges on record.
        fileprivate var exchanges: UInt32 = 0

        /// The suspension that holds at a moment; `nil` if none does.
        package func suspension(at time: Timestamp) -> Suspension? {
            suspension.flatMap { $0.holds(at: time) ? $0 : nil }
        }
    }
}

/// The clients by index and by name.
struct ClientTable: Equatable, Sendable {
    private(set) var all: [Catalogue.Client] = []
    private var indices: [String: UInt32] = [:]

    func has(_ id: String) -> Bool { indices[id] != nil }

    func index(_ id: String) -> UInt32? { indices[id] }

    /// The suspension that holds at a moment; `nil` if none does.
    func suspension(of id: String, at time: Timestamp) -> Suspension? {
        indices[id].flatMap { all[Int($0)].suspension(at: time) }
    }

    mutating func setSuspension(_ suspension: Suspension?, of index: UInt32) {
        all[Int(index)].suspension = suspension
    }

    /// Counts one more exchange.
    mutating func countExchange(of index: UInt32) throws(CommandRefusal) {
        let limit = LedgerLimits.exchanges
        guard all[Int(index)].exchanges < limit else {
            throw .limitReached(name: "exchanges with the client", limit: Int(limit))
        }
        all[Int(index)].exchanges += 1
    }

    /// Adds a client, or renames it.
    mutating func put(
        _ id: String, name: String, at time: Timestamp
    ) throws(CommandRefusal) -> Change {
        guard Identifier.isValid(id) else { throw .invalidIdentifier(of: "client") }
        try Field.requireText(name, 1...LedgerLimits.titleBytes, at: "/name")
        if let index = indices[id] {
            guard all[Int(index)].name != name else { return .none }
            all[Int(index)].name = name
            return .clientChanged(index)
        }
        let index = try LedgerLimits.index(
            after: all.count, limit: LedgerLimits.clients, name: "clients")
        all.append(Catalogue.Client(id: id, name: name, createdAt: time))
        indices[id] = index
        return .clientAdded(index)
    }

    /// Makes the storage this table's alone.
    mutating func detachStorage() {
        // Reserving is what makes a container's storage unique without changing it.
        all.reserveCapacity(all.count + 1)
        indices.reserveCapacity(indices.count + 1)
    }
}

extension ClientTable: Codable {
    init(from decoder: any Decoder) throws {
        all = try [Catalogue.Client](from: decoder)
        for (index, client) in all.enumerated() { indices[client.id] = UInt32(index) }
    }

    func encode(to encoder: any Encoder) throws { try all.encode(to: encoder) }
}

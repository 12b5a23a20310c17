package import Time

extension Catalogue {
    package struct Client: Equatable, Codable, Sendable {
        package let id: String
        package fileprivate(set) var name: String
        package let createdAt: Timestamp
    }
}

/// The clients by index and by name.
struct ClientTable: Equatable, Sendable {
    private(set) var all: [Catalogue.Client] = []
    private var indices: [String: UInt32] = [:]

    func has(_ id: String) -> Bool { indices[id] != nil }

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

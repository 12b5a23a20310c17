internal import Bytes
internal import Contract
internal import Foundation

/// What is small and has many kinds, as JSON under the names of the stored properties.
///
/// Most conformances to `Codable` are the compiler's own, so that a property that is added is
/// written and read; `SnapshotCoverageTests` has the others.
struct AdministrativeState: Codable {
    var catalogue: Catalogue
    var ladders: [OperationLadder]
    var capacityPerSecond: Int?

    /// A dictionary's order is random; a list has one.
    struct OperationLadder: Codable {
        var operation: UInt32
        var ladder: Ladder
    }

    func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(self))
    }

    init(_ ledger: borrowing Ledger) {
        catalogue = ledger.catalogue
        ladders = ledger.ladders.byOperation.sorted { $0.key < $1.key }
            .map { OperationLadder(operation: $0.key, ladder: $0.value) }
        capacityPerSecond = ledger.ladders.capacityPerSecond
    }

    var operationLadders: OperationLadders {
        OperationLadders(
            Dictionary(ladders.map { ($0.operation, $0.ladder) }) { $1 },
            capacityPerSecond: capacityPerSecond)
    }

    init(json: RawSpan) throws {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(json.array))
        } catch {
            throw SnapshotError.malformed("the administrative state: \(error)")
        }
    }
}

extension Catalogue: Codable {
    /// The lookup tables follow from the rest.
    private enum CodingKeys: String, CodingKey {
        case clients, operations, keys, tokens, policy, starts
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        clients = try members.decode([Client].self, forKey: .clients)
        operations = try members.decode([Operation].self, forKey: .operations)
        keys = try members.decode([FrontEndKey].self, forKey: .keys)
        tokens = try members.decode([AccessToken].self, forKey: .tokens)
        policy = try members.decode(Policy.self, forKey: .policy)
        starts = try members.decode(UInt64.self, forKey: .starts)
        try checkIndices()
        for (index, client) in clients.enumerated() { clientIndices[client.id] = UInt32(index) }
        for (index, operation) in operations.enumerated() where operation.retirement == nil {
            operationIndices[operation.id] = UInt32(index)
        }
        for (index, key) in keys.enumerated() {
            keyIndices[key.id] = UInt32(index)
            digestIndices[key.digest] = UInt32(index)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(clients, forKey: .clients)
        try members.encode(operations, forKey: .operations)
        try members.encode(keys, forKey: .keys)
        try members.encode(tokens, forKey: .tokens)
        try members.encode(policy, forKey: .policy)
        try members.encode(starts, forKey: .starts)
    }

    /// Whatever refers to something by its index refers to something that is there.
    private func checkIndices() throws {
        let keysAreThere = operations.allSatisfy { $0.keys.allSatisfy { $0 < keys.count } }
        let operationsAreThere = keys.allSatisfy { $0.operation < operations.count }
        guard keysAreThere, operationsAreThere, operations.count <= LedgerLimits.operations else {
            throw SnapshotError.malformed("an index in the catalogue")
        }
    }
}

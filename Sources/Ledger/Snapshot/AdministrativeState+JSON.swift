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
    var platform: OperationLadders.Platform

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
        platform = ledger.ladders.platform
    }

    var operationLadders: OperationLadders {
        OperationLadders(
            Dictionary(ladders.map { ($0.operation, $0.ladder) }) { $1 }, platform)
    }

    init(json: RawSpan) throws {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(json.array))
        } catch {
            throw SnapshotError.malformed("the administrative state: \(error)")
        }
        guard catalogue.hasSoundIndices else {
            throw SnapshotError.malformed("an index in the catalogue")
        }
    }
}

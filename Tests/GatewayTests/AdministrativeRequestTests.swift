import Contract
import Ledger
import Testing
import Time

@testable import Gateway

@Suite("What the gateway records of an operation goes to no other of its name")
struct AdministrativeRequestTests {
    /// The operation that a fact about the first one, `ete`, is for.
    private func operation(after more: [AdministrativeCommand]) throws -> UInt32? {
        var ledger = Ledger()
        for command in try Bench.opened() + more {
            _ = try ledger.apply(command, by: .admin, at: Timestamp(milliseconds: 0))
        }
        let rise = TrafficRise(operation: "ete", entries: 10, windowSeconds: 10)
        let request = AdministrativeRequest.own(.rise(rise), about: 0, in: ledger.catalogue)
        return request?.expected?.index
    }

    private let export = ExportReceipt(
        file: "f", sha256: String(repeating: "a", count: 64), entries: 0, participants: 0)

    @Test("it is about the operation, about what it was reset to, or about nothing")
    func successors() throws {
        let again = AdministrativeCommand.operation(
            .put(id: "ete", settings: Bench.settings(.once), dataKeyID: "d-9"))
        func reset(_ dataKeyID: String) -> AdministrativeCommand {
            .operation(.reset(id: "ete", dataKeyID: dataKeyID, export: export))
        }
        let delete = AdministrativeCommand.operation(.delete(id: "ete", export: export))
        #expect(try operation(after: []) == 0)
        #expect(try operation(after: [reset("d-2"), reset("d-3")]) == 2)
        #expect(try operation(after: [delete, again]) == nil)
        #expect(try operation(after: [reset("d-2"), delete, again]) == nil)
    }
}

import Bytes
import Contract
import Ledger
import Projections
import Testing
import Time
import Vault

@testable import Gateway

@Suite("A suspension that is over, at a worker", .onOwnThread)
struct SuspensionEndTests {
    @Test("its entries go to the sequencer, though the board does not say yet that it has ended")
    func end() throws {
        let loop = try HandTurned()
        let now = Timestamp(milliseconds: 1_795_176_000_000 + Int64(loop.milliseconds))
        var catalogue = loop.bench.shared.projected.catalogue
        _ = try catalogue.apply(
            .operation(
                .suspend(
                    id: "ete", ground: .maintenance, until: now.advanced(byMilliseconds: 5_000),
                    isDefinitive: false, note: "n")), by: .admin, at: now)
        loop.bench.shared.board.publish(catalogue.operations[0], at: 0)
        let early = try loop.connect()
        loop.pass(milliseconds: 4_999)
        early.send(loop.operation.entry("p"))
        #expect(try early.answers().map(\.status) == [503])
        #expect(loop.handedOver().isEmpty)
        loop.pass(milliseconds: 1)
        let late = try loop.connect()
        late.send(loop.operation.entry("p"))
        #expect(try late.answers().isEmpty)
        #expect(loop.handedOverHeld() == [late.token])
    }

    @Test("what the public is told of it ends with it: the ladder may suspend the operation next")
    func reason() throws {
        let bench = try Bench(try Bench.opened()) { _ in }
        let now = Timestamp(milliseconds: 1_795_176_000_000)
        let until = now.advanced(byMilliseconds: 5_000)
        var catalogue = bench.shared.projected.catalogue
        var directories = LoopDirectories(
            bench.shared.workerLanes, keys: [0: OperationKeys(OperationSecrets(), from: 0)])
        func suspend(_ command: AdministrativeCommand, ending event: LedgerEvent) throws -> [String]
        {
            let change = try catalogue.apply(command, by: .admin, at: now)
            directories.apply(change, catalogue)
            catalogue.apply(event, at: until)
            directories.apply(event, catalogue)
            return bench.shared.lanes[0].drainMessages().compactMap { message in
                if case .operation(let profile) = message { profile.publicReason.text } else { nil }
            }
        }
        let own = OperationCommand.suspend(
            id: "ete", ground: .maintenance, until: until, isDefinitive: false, note: "n",
            publicReason: "We mend it.")
        let neutral = "\"This operation is not available at the moment.\""
        #expect(
            try suspend(
                .operation(own),
                ending: .suspensionEnded(operation: "ete", ground: .maintenance, until: until))
                == ["\"We mend it.\"", neutral])
        let order = SuspensionOrder(
            ground: .fraud, until: until, isDefinitive: false, note: "n",
            publicReason: "Ask your shop.")
        #expect(
            try suspend(
                .client(.suspend(client: "acme", order: order)),
                ending: .clientSuspensionEnded(operation: "ete", ground: .fraud, until: until))
                == ["\"Ask your shop.\"", neutral])
    }
}

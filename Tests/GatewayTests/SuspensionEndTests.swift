import Bytes
import Contract
import Ledger
import Projections
import Testing
import Time

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
        #expect(loop.handedOver() == [late.token])
    }
}

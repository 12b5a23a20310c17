import Bytes
import Contract
import Cryptography
import Evidence
import Ledger
import Testing
import Time

@testable import Projections

@Suite("Projections: durable batches in, views out")
struct ProjectionsTests {
    private let chain = unsafe SHA256Digest([UInt8](repeating: 0, count: 32).span.bytes)
    private let digest = unsafe KeyDigest([UInt8](repeating: 7, count: 32).span.bytes)

    /// Applies a command to a ledger, and gives what the sequencer would publish of it.
    private func batch(
        _ command: AdministrativeCommand, _ ledger: inout Ledger, at milliseconds: Int64
    ) throws -> DurableBatch {
        let time = Timestamp(milliseconds: milliseconds)
        let counts = command.operation.flatMap { ledger.operationIndex($0) }
            .flatMap { ledger.counts(of: $0) }
        let first = ledger.records
        _ = try ledger.apply(command, by: .admin, at: time)
        var records = [
            DurableBatch.Record(
                sequence: first, content: .command(AdministrativeRecord(command, by: .admin)),
                counts: counts)
        ]
        for event in ledger.drainEvents() {
            records.append(
                DurableBatch.Record(
                    sequence: first + UInt64(records.count), content: .event(event)))
        }
        return DurableBatch(firstSequence: first, time: time, chain: chain, records: records)
    }

    private var commands: [AdministrativeCommand] {
        get throws {
            let digest = try #require(digest)
            let settings = OperationSettings(
                client: "acme", title: "T", rule: .once, robots: .off, policy: .advise)
            return [
                .contract(.putClient(id: "acme", name: "Acme")),
                .operation(.put(id: "ete", settings: settings, dataKeyID: "d-1")),
                .access(.addKey(operation: "ete", keyID: "k-1", digest: digest)),
                .operation(.open(id: "ete", note: nil)),
                .access(
                    .addToken(
                        tokenID: "t-1", holder: Author(.operator, name: "Ada"), digest: digest,
                        expires: Timestamp(milliseconds: 90))),
                .operation(.setPace(operation: "ete", perSecond: 10, note: nil)),
                .access(.revokeToken(tokenID: "t-1", reason: .lost)),
            ]
        }
    }

    @Test("the views follow the ledger, batch by batch")
    func follow() throws {
        var ledger = Ledger()
        var projections = Projections(catalogue: ledger.catalogue, evidence: EvidenceIndex())
        let digest = try #require(digest)
        for (number, command) in try commands.enumerated() {
            let batch = try batch(command, &ledger, at: Int64(number))
            for record in batch.records { _ = projections.apply(record, of: batch) }
            let state = projections.state
            #expect(state.catalogue == ledger.catalogue)
            let found = state.token(digest)
            #expect(found?.token.holder.name == ((4...5).contains(number) ? "Ada" : nil))
            #expect(found?.index == ((4...5).contains(number) ? 0 : nil))
        }
        #expect(projections.state.evidence.records(of: "ete").count == 4)
    }

    @Test("a state that was published stays as it was")
    func immutable() throws {
        var ledger = Ledger()
        var projections = Projections(catalogue: ledger.catalogue, evidence: EvidenceIndex())
        var states: [ProjectedState] = []
        for (number, command) in try commands.enumerated() {
            let batch = try batch(command, &ledger, at: Int64(number))
            for record in batch.records { _ = projections.apply(record, of: batch) }
            states.append(projections.state)
        }
        #expect(states.map { $0.catalogue.operations.count } == [0, 1, 1, 1, 1, 1, 1])
        #expect(
            states.map { $0.catalogue.operation("ete")?.pace } == [nil, nil, nil, nil, nil, 10, 10])
        #expect(states.map { $0.evidence.records(of: "ete").count } == [0, 1, 2, 3, 3, 4, 4])
    }

    @Test("views that begin in the middle equal those that saw everything")
    func recovered() throws {
        var ledger = Ledger()
        var whole = Projections(catalogue: ledger.catalogue, evidence: EvidenceIndex())
        var late: Projections?
        for (number, command) in try commands.enumerated() {
            if number == 3 {
                late = Projections(
                    catalogue: ledger.catalogue, evidence: whole.state.evidence)
            }
            let batch = try batch(command, &ledger, at: Int64(number))
            for record in batch.records {
                let change = whole.apply(record, of: batch)
                if let other = late?.apply(record, of: batch) { #expect(other == change) }
            }
        }
        let (one, other) = (whole.state, try #require(late).state)
        #expect(one.catalogue == other.catalogue)
        #expect(
            one.evidence.records(of: "ete").map(\.sequence)
                == other.evidence.records(of: "ete").map(\.sequence))
    }
}

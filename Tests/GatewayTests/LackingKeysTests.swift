import Bytes
import Cryptography
import Foundation
import Ledger
import Synchronization
import TestSupport
import Testing
import Time
import Vault

@testable import Gateway

@Suite("Keys of operations that another node made")
struct LackingKeysTests {
    private let folder: TestFolder

    init() throws {
        folder = try TestFolder()
    }

    private func openVault() throws(KeyVaultError) -> KeyVault {
        try KeyVault(
            directory: folder.path + "/keys", masterKeyPath: folder.path + "/master.key")
    }

    /// Operations `o0`, `o1` and so on, with the keys `d0`, `d1` and so on.
    private func catalogue(_ count: Int) throws -> Catalogue {
        var ledger = Ledger()
        let now = Timestamp(milliseconds: 0)
        _ = try ledger.apply(
            .contract(.putClient(id: "acme", name: "Acme")), by: .admin, at: now)
        for number in 0..<count {
            let settings = Bench.settings(.once)
            _ = try ledger.apply(
                .operation(.put(id: "o\(number)", settings: settings, dataKeyID: "d\(number)")),
                by: .admin, at: now)
        }
        return ledger.catalogue
    }

    @Test("are read some in a turn; one that is not there holds up nobody, and is asked for again")
    func readsSome() throws {
        let count = LackingKeys.atOnce + 10
        let catalogue = try catalogue(count)
        var own = try openVault()
        for number in 0..<count where number != 3 { _ = try own.create("d\(number)") }
        let vault = SharedVault(own)
        var lacking = LackingKeys(of: catalogue, from: vault, TestGateway.silent)
        #expect(lacking.count == count)
        let first = lacking.read(catalogue).map(\.operation)
        #expect(first == (0..<UInt32(LackingKeys.atOnce)).filter { $0 != 3 })
        let rest = lacking.read(catalogue).map(\.operation)
        #expect(rest == Array(UInt32(LackingKeys.atOnce)..<UInt32(count)))
        #expect(lacking.read(catalogue).isEmpty)
        #expect(lacking.count == 1)
        try vault.withLock { vault throws(KeyVaultError) in _ = try vault.create("d3") }
        #expect(lacking.read(catalogue).map(\.operation) == [3])
        #expect(lacking.count == 0)
    }

    @Test("that are gone for good are waited for, but not where a person has accepted that")
    func acceptsMissing() throws {
        let catalogue = try catalogue(3)
        var own = try openVault()
        for id in ["d0", "d2"] { _ = try own.create(id) }
        let vault = SharedVault(own)
        let log = RecordedLog()
        var waiting = LackingKeys(of: catalogue, from: vault, log.logger)
        var accepting = LackingKeys(
            of: catalogue, from: vault, acceptsMissing: true, log.logger)
        #expect(waiting.read(catalogue).map(\.operation) == [0, 2])
        #expect(waiting.count == 1)
        #expect(log.lines.isEmpty)
        #expect(accepting.read(catalogue).map(\.operation) == [0, 2])
        #expect(accepting.count == 0)
        #expect(log.lines.map(\.message) == ["accepted: an operation takes no entries"])
    }

    @Test("are not lost where the key space does not answer, and are those of the operation")
    func survivesSilence() throws {
        let catalogue = try catalogue(2)
        do {
            var own = try openVault()
            for id in ["d0", "d1"] { _ = try own.create(id) }
        }
        let answers = Mutex(false)
        let folder = folder.path
        let vault = SharedVault { () throws(KeyVaultError) in
            guard answers.withLock({ $0 }) else { throw .cluster(.unavailable("not yet")) }
            return try KeyVault(
                directory: folder + "/keys", masterKeyPath: folder + "/master.key")
        }
        let log = RecordedLog()
        var lacking = LackingKeys(of: catalogue, from: vault, log.logger)
        for _ in 0..<3 { #expect(lacking.read(catalogue).isEmpty) }
        #expect(lacking.count == 2)
        #expect(log.lines.count == 1, "said once: \(log.lines)")
        answers.withLock { $0 = true }
        let found = lacking.read(catalogue)
        #expect(found.map(\.operation) == [0, 1])
        let expected = try vault.withLock { vault throws(KeyVaultError) -> OperationKeys? in
            guard let secrets = try vault.load("d1") else { return nil }
            return OperationKeys(secrets, from: vault.nextLeaf)
        }
        #expect(mark(found.last?.keys) == mark(expected))
        #expect(mark(found.first?.keys) != mark(expected))
    }

    @Test("do not hold up the views while somebody else waits with the vault")
    func doesNotWait() throws {
        let catalogue = try catalogue(2)
        var own = try openVault()
        for id in ["d0", "d1"] { _ = try own.create(id) }
        let vault = SharedVault(own)
        let (held, moves) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        Thread.detachNewThread {
            do throws(KeyVaultError) {
                try vault.withLock { _ throws(KeyVaultError) in
                    held.signal()
                    moves.wait()
                }
            } catch {
                Issue.record("\(error)")
            }
        }
        held.wait()
        var lacking = LackingKeys(of: catalogue, from: vault, TestGateway.silent)
        #expect(lacking.read(catalogue).isEmpty)
        #expect(lacking.count == 2)
        moves.signal()
        var found: Set<UInt32> = []
        let areFound = eventually {
            found.formUnion(lacking.read(catalogue).map(\.operation))
            return found == [0, 1]
        }
        #expect(areFound)
    }

    /// What keys make of a text.
    private func mark(_ keys: OperationKeys?) -> UInt64? {
        var hasher = KeyedHasher()
        return keys.map { keys in
            "text".withBytes { hasher.hash($0, key: keys.ticket, domain: 0).low }
        }
    }

    @Test("of an operation that is gone by now are not asked for any more")
    func forgetsRetired() throws {
        var ledger = Ledger()
        let now = Timestamp(milliseconds: 0)
        for command in try Bench.opened() { _ = try ledger.apply(command, by: .admin, at: now) }
        var lacking = LackingKeys(
            of: ledger.catalogue, from: SharedVault(try openVault()), TestGateway.silent)
        #expect(lacking.count == 1)
        let receipt = ExportReceipt(
            file: "x.jsonl", sha256: String(repeating: "a", count: 64), entries: 0, participants: 0)
        _ = try ledger.apply(
            .operation(.delete(id: "ete", export: receipt)), by: .admin, at: now)
        lacking.removeRetired(ledger.catalogue)
        #expect(lacking.count == 0)
    }
}

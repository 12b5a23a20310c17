import Bytes
import Foundation
import Ledger
import Projections
import Synchronization
import TestSupport
import Testing
import Time
import Vault

@testable import Gateway

@Suite("While the disk hangs with the operations' keys", .onOwnThread)
struct VaultDeskTests {
    /// Holds the vault's thread as a disk does.
    private final class HangingDisk: Sendable {
        private let moves = DispatchSemaphore(value: 0)
        private let hasHeld = DispatchSemaphore(value: 0)

        /// Comes back when the vault's thread is held.
        func hold(_ desk: VaultDesk) {
            desk.post {
                do throws(KeyVaultError) {
                    try desk.work { _ throws(KeyVaultError) in self.wait() }
                } catch {
                    Issue.record("\(error)")
                }
            }
            hasHeld.wait()
        }

        func wait() {
            hasHeld.signal()
            moves.wait()
        }

        func move() { moves.signal() }
    }

    /// Seconds in which a disk that is only slow has answered.
    private static let patience = 300

    private func bench(_ commands: [AdministrativeCommand] = []) throws -> Bench {
        try Bench(commands) { $0.answerSeconds = 1 }
    }

    private func failure(
        _ ask: () async throws(VaultFailure) -> Void
    ) async -> VaultFailure? {
        do throws(VaultFailure) {
            try await ask()
            return nil
        } catch {
            return error
        }
    }

    @Test("who asks is told after answer_seconds, and what comes of it later is not lost")
    func hangs() async throws {
        let bench = try bench()
        let (shared, desk, disk) = (bench.shared, bench.control.secrets, HangingDisk())
        let late = Mutex<Int?>(nil)
        let told = await failure { () async throws(VaultFailure) in
            _ = try await desk.ask({ _ throws(KeyVaultError) -> Int in
                disk.wait()
                return 7
            }) { result in
                // It throws where the vault has failed: the value stays nil.
                late.withLock { $0 = try? result.get() }
            }
        }
        guard case .hangs = told else {
            disk.move()
            Issue.record("\(String(describing: told))")
            return
        }
        #expect(eventually { shared.areKeysStalled })
        #expect(shared.unreadyReasons == ["disk_stalled"])
        #expect(shared.health.storageReasons(at: shared.clock.monotonicNanoseconds()).isEmpty)
        #expect(late.withLock { $0 } == nil)
        disk.move()
        #expect(eventually { late.withLock { $0 } == 7 })
        #expect(eventually { shared.unreadyReasons.isEmpty })
        shared.answerSeconds.store(Self.patience, ordering: .relaxed)
        let next = try await desk.ask { vault throws(KeyVaultError) in vault.nextLeaf }
        #expect(next == 0)
    }

    @Test("what waits behind it does not begin any more, unless it must be done")
    func waitsBehind() async throws {
        let bench = try bench()
        let (shared, desk, disk) = (bench.shared, bench.control.secrets, HangingDisk())
        disk.hold(desk)
        let done = Mutex<[String]>([])
        for (name, isKept) in [("given up", false), ("kept", true)] {
            let told = await failure { () async throws(VaultFailure) in
                try await desk.ask(
                    { _ throws(KeyVaultError) in done.withLock { $0.append(name) } },
                    isKept: isKept)
            }
            guard case .notBegun = told else {
                Issue.record("\(name): \(String(describing: told))")
                continue
            }
        }
        #expect(eventually { shared.areKeysStalled })
        disk.move()
        #expect(eventually { done.withLock { $0 } == ["kept"] })
    }

    @Test("measures are decided; what needs a key is refused, changes nothing, and works later")
    func changes() async throws {
        let bench = try bench(Bench.opened())
        try bench.start()
        defer { bench.stop() }
        let (shared, control, disk) = (bench.shared, bench.control, HangingDisk())
        disk.hold(control.secrets)
        let put = AdministrativeCommand.operation(
            .put(id: "new", settings: Bench.settings(.once), dataKeyID: "d-9"))
        // The first one waits for its time, the next ones are refused at once.
        for round in 0..<3 {
            do throws(Problem) {
                _ = try await control.decide(put, by: .admin)
                Issue.record("round \(round) was decided")
            } catch {
                #expect(error.code == "keys_unavailable")
            }
            if round == 0 { #expect(eventually { shared.areKeysStalled }) }
        }
        _ = try await control.decide(.operation(.close(id: "ete", note: nil)), by: .admin)
        #expect(shared.projected.catalogue.operationIndex("new") == nil)
        disk.move()
        #expect(eventually { !shared.areKeysStalled })
        shared.answerSeconds.store(Self.patience, ordering: .relaxed)
        #expect(!FileManager.default.fileExists(atPath: bench.folder.path + "/keys/d-9.key"))
        _ = try await control.decide(put, by: .admin)
        #expect(shared.projected.catalogue.operationIndex("new") != nil)
        #expect(FileManager.default.fileExists(atPath: bench.folder.path + "/keys/d-9.key"))
    }

    @Test("entries get leaves as soon as it moves again")
    func refills() throws {
        let bench = try bench()
        let disk = HangingDisk()
        disk.hold(bench.control.secrets)
        bench.control.refillLeaves()
        disk.move()
        #expect(eventually { !bench.shared.leaves.isEmpty })
    }
}

import Cluster
import ClusterTesting
import Cryptography
import TestSupport

@testable import Vault

/// Three nodes of which one after the other owns a vault in an engine that loses, delays and
/// reorders what it is asked. Processes end at any call, and owners are deposed at any moment. It
/// knows what was answered, and what is wrong.
struct KeyScenario {
    /// What is known of an operation.
    private struct Operation {
        /// Leaves whose forgetting was answered.
        var forgotten: Set<UInt64> = []
        /// Leaves whose forgetting was asked for, and not answered.
        var maybe: Set<UInt64> = []
        var isDestroyed = false
        var mayBeDestroyed = false
        /// Keys of leaves as they were at first.
        var keys: [UInt64: [UInt8]] = [:]
    }

    /// A process that leads, or thinks so.
    private final class Process {
        var vault: KeyVault
        let space: MortalSpace

        init(_ vault: consuming KeyVault, _ space: MortalSpace) {
            self.vault = vault
            self.space = space
        }
    }

    private let place: VaultPlace
    private var generator: SeededGenerator
    private var process: Process?
    /// The last ones, which do not know yet that they are deposed.
    private var deposed: Process?
    private var operations: [String: Operation] = [:]
    private var given: [Range<UInt64>] = []
    private var violations: [String] = []
    private var names = 0
    private(set) var counts: [String: Int] = [:]

    private static let steps = 40
    private static let sampled: [UInt64] = (0..<24).map { $0 * 37 }

    init(seed: UInt64, flaws: SeededEngine.Flaws = []) throws {
        generator = SeededGenerator(seed: seed &* 2)
        place = try VaultPlace(faultySeed: seed &* 2 &+ 1, flaws: flaws)
    }

    /// - Returns: what went wrong, in words; nothing where all is well.
    mutating func run() throws -> [String] {
        for _ in 0..<Self.steps {
            if process == nil || chance(8) {
                try takeOffice()
            } else if deposed != nil, chance(15) {
                try deposedOneTries()
            } else {
                try act()
            }
        }
        place.engine.settle()
        try check()
        return violations
    }

    private mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &generator) < percent
    }

    private mutating func count(_ what: String) { counts[what, default: 0] += 1 }

    // MARK: Processes

    private mutating func takeOffice() throws {
        var log = SeededLog(place.engine)
        var owner: LogOwner?
        while owner == nil {
            do throws(ReplicatedLogError) {
                let seen = try log.owner()
                let me = LogOwner(node: "n", term: (seen?.term ?? 0) + 1, address: "x:1")
                if let me, try log.claim(me, after: seen) { owner = me }
            } catch {
                continue
            }
        }
        guard let owner else { return }
        deposed = process.take()
        // Patient ones ask until they know; others give up, and what they asked comes late.
        let space = MortalSpace(
            place.space(.owner(owner), patienceSeconds: chance(50) ? 1_000 : 0),
            isLastCarriedOut: chance(50))
        if chance(40) { space.end(after: .random(in: 0..<60, using: &generator)) }
        do throws(KeyVaultError) {
            let vault = try KeyVault(space: space, masterKeyPath: place.master)
            process = Process(vault, space)
            count("opened")
        } catch {
            try note(error)
        }
    }

    private mutating func deposedOneTries() throws {
        guard let old = deposed.take() else { return }
        do throws(KeyVaultError) {
            let range = try old.vault.reserveLeaves(16)
            violations.append("a deposed process was given leaves \(range)")
        } catch {
            try note(error)
        }
    }

    /// Errors that are the engine's are expected; others are wrong.
    private mutating func note(_ error: KeyVaultError) throws {
        guard case .cluster(let reason) = error else {
            violations.append("\(error)")
            return
        }
        switch reason {
        case .unavailable: count("unknown")
        case .notOwner: count("fenced")
        case .overtaken: count("overtaken")
        case .noSpace: violations.append("an engine in memory has space")
        }
    }

    // MARK: Acts

    private mutating func act() throws {
        guard let current = process.take() else { return }
        do throws(KeyVaultError) {
            try act(current)
            count("acts")
        } catch {
            try note(error)
        }
        // A process that has ended is one no more.
        if !current.space.isDead { process = current }
    }

    private mutating func act(_ process: Process) throws(KeyVaultError) {
        let known = operations.filter { !$0.value.mayBeDestroyed }.keys.sorted()
        let id = known.randomElement(using: &generator)
        switch Int.random(in: 0..<10, using: &generator) {
        case 0...1: try create(process)
        case 2...3:
            let bits = UInt64.random(in: 0..<8, using: &generator)
            let range = try process.vault.reserveLeaves(1 << bits)
            if let other = given.first(where: { $0.overlaps(range) }) {
                violations.append("leaves \(range) were given out as \(other) before")
            }
            given.append(range)
        case 4 where chance(40):
            guard let id else { return }
            operations[id]?.mayBeDestroyed = true
            try process.vault.destroy(id)
            operations[id]?.isDestroyed = true
            count("destroyed")
        default:
            guard let id else { return }
            try forget(id, process)
        }
    }

    private mutating func create(_ process: Process) throws(KeyVaultError) {
        names += 1
        let id = "op\(names)"
        let secrets = try process.vault.create(id)
        var operation = Operation()
        for leaf in Self.sampled {
            operation.keys[leaf] = TreeProbe.key(of: leaf, in: secrets.tree)
        }
        operations[id] = operation
    }

    private mutating func forget(_ id: String, _ process: Process) throws(KeyVaultError) {
        // Enough that trees are of several pages.
        if process.vault.nextLeaf < 1_024 {
            given.append(try process.vault.reserveLeaves(1_024))
        }
        let count = Int.random(in: 1...4, using: &generator)
        let leaves = (0..<count).compactMap { _ in Self.sampled.randomElement(using: &generator) }
        operations[id]?.maybe.formUnion(leaves)
        let forgotten = try process.vault.forget(leaves.map { $0..<$0 + 1 }, of: id)
        if forgotten == nil { violations.append("\(id) is gone") }
        operations[id]?.forgotten.formUnion(leaves)
        self.count("forgotten")
    }

    // MARK: What must hold

    /// Reads by a node that only follows.
    private mutating func check() throws {
        var reader = try place.reader()
        for (id, operation) in operations {
            guard let secrets = try reader.load(id) else {
                if !operation.mayBeDestroyed { violations.append("\(id) is lost") }
                continue
            }
            if operation.isDestroyed { violations.append("\(id) was destroyed, and opens") }
            for leaf in Self.sampled {
                let key = TreeProbe.key(of: leaf, in: secrets.tree)
                if operation.forgotten.contains(leaf), key != nil {
                    violations.append("\(id): leaf \(leaf) was forgotten, and opens")
                }
                if !operation.maybe.contains(leaf), key != operation.keys[leaf] {
                    violations.append("\(id): leaf \(leaf) is lost")
                }
            }
        }
        var probe = try TreeProbe(place)
        let forgotten = operations.mapValues { Array($0.forgotten) }
        let destroyed = Set(operations.filter(\.value.isDestroyed).keys)
        violations += try probe.leaks(forgotten, destroyed: destroyed, in: place.engine)
    }
}

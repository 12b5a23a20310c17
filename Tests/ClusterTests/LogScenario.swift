import Bytes
import Cluster
import ClusterTesting
import TestSupport

/// Three nodes that claim, append, trim, follow and stand still by turns, over an engine that
/// loses, delays and reorders what they ask. It knows what was acknowledged, and what is wrong.
struct LogScenario {
    private struct Node {
        let name: String
        var log: SeededLog
        /// The number of the next record, by what it has read.
        var end: UInt64 = 1
        /// Its claim, or its office.
        var owner: LogOwner?
        var claimsAfter: LogOwner??
        var isLeading = false
        /// The batch whose outcome it does not know.
        var pending: SeededEngine.Stored?
        /// Firsts of batches that it has read or stored: any of them may begin what is kept.
        var firsts: [UInt64] = []
    }

    private(set) var acknowledged: [UInt64: [UInt8]] = [:]
    private(set) var retries = 0
    private(set) var claims = 0
    private(set) var trims = 0
    private var violations: [String] = []
    private var nodes: [Node]
    private var generator: SeededGenerator
    private let engine: SeededEngine
    private let retriesWithOtherBytes: Bool
    private var batches = 0

    private static let steps = 150

    init(
        seed: UInt64, flaws: SeededEngine.Flaws = [], retriesWithOtherBytes: Bool = false
    ) {
        generator = SeededGenerator(seed: seed &* 2)
        let engine = SeededEngine(seed: seed &* 2 &+ 1, faults: .many, flaws: flaws)
        self.engine = engine
        self.retriesWithOtherBytes = retriesWithOtherBytes
        nodes = ["a", "b", "c"].map { Node(name: $0, log: SeededLog(engine)) }
    }

    /// - Returns: what went wrong, in words; nothing where all is well.
    mutating func run() -> [String] {
        for _ in 0..<Self.steps {
            // One that is not chosen for a while is one that stands still.
            let place = Int.random(in: 0..<nodes.count, using: &generator)
            if nodes[place].isLeading { lead(place) } else { follow(place) }
        }
        engine.settle()
        check()
        return violations
    }

    private mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &generator) < percent
    }

    // MARK: Following

    private mutating func follow(_ place: Int) {
        do throws(ReplicatedLogError) {
            if let seen = nodes[place].claimsAfter {
                try claim(place, after: seen)
            } else if chance(15) {
                let seen = try nodes[place].log.owner()
                nodes[place].claimsAfter = .some(seen)
                try claim(place, after: seen)
            } else {
                try read(place)
            }
        } catch {
            // Not known: the same again at its next turn.
            retries += 1
        }
    }

    private mutating func claim(_ place: Int, after seen: LogOwner?) throws(ReplicatedLogError) {
        let node = nodes[place]
        guard let me = LogOwner(node: node.name, term: (seen?.term ?? 0) + 1, address: "x:1")
        else { preconditionFailure("a node's name is one") }
        guard try nodes[place].log.claim(me, after: seen) else {
            nodes[place].claimsAfter = nil
            return
        }
        // What is in the log is final only now: read to its end before anything is appended.
        try read(place)
        nodes[place].claimsAfter = nil
        nodes[place].owner = me
        nodes[place].isLeading = true
        claims += 1
    }

    /// Reads to the log's end.
    private mutating func read(_ place: Int) throws(ReplicatedLogError) {
        while true {
            var found: [SeededEngine.Stored] = []
            let end = try nodes[place].log.read(from: nodes[place].end) { first, batch in
                found.append(SeededEngine.Stored(first: first, batch: batch.array))
            }
            for stored in found {
                if stored.first != nodes[place].end {
                    violations.append("a gap before record \(stored.first)")
                }
                nodes[place].end = stored.first + UInt64(stored.batch[0])
                nodes[place].firsts.append(stored.first)
            }
            switch end {
            case .end: return
            case .more: continue
            // Other nodes have it in their own segments, from which it is copied.
            case .trimmed(let oldest): nodes[place].end = oldest
            }
        }
    }

    // MARK: Leading

    private mutating func lead(_ place: Int) {
        if nodes[place].pending == nil, chance(20) { return trim(place) }
        let node = nodes[place]
        guard let me = node.owner else { preconditionFailure("a leader has an office") }
        let stored = node.pending ?? makeBatch(node.end)
        nodes[place].pending = stored
        do throws(ReplicatedLogError) {
            switch try nodes[place].log.append(bytes: stored.batch, first: stored.first, as: me) {
            case .stored:
                acknowledged[stored.first] = stored.batch
                nodes[place].end = stored.first + UInt64(stored.batch[0])
                nodes[place].firsts.append(stored.first)
            case .fenced(let other):
                if other == me { violations.append("\(me.text) is fenced by itself") }
                nodes[place].isLeading = false
                nodes[place].owner = nil
            }
            nodes[place].pending = nil
        } catch {
            retries += 1
            if retriesWithOtherBytes { nodes[place].pending = makeBatch(stored.first) }
        }
    }

    /// Its first byte says how many records it has; the rest makes it like no other.
    private mutating func makeBatch(_ first: UInt64) -> SeededEngine.Stored {
        batches += 1
        let count = UInt8.random(in: 1...5, using: &generator)
        return SeededEngine.Stored(
            first: first, batch: [count, UInt8(batches & 0xFF), UInt8(batches >> 8)])
    }

    private mutating func trim(_ place: Int) {
        guard let first = nodes[place].firsts.randomElement(using: &generator) else { return }
        do throws(ReplicatedLogError) {
            try nodes[place].log.trim(below: first)
            trims += 1
        } catch {
            // Unknown, or trimmed beyond that already.
            retries += 1
        }
    }

    // MARK: What must hold

    private mutating func check() {
        var next: UInt64 = 1
        for stored in engine.history {
            if stored.first != next {
                violations.append("record \(stored.first) in place of \(next)")
            }
            next = stored.first + UInt64(stored.batch[0])
        }
        let stored = Dictionary(grouping: engine.history, by: \.first)
        for (first, batch) in acknowledged where stored[first]?.map(\.batch) != [batch] {
            violations.append("record \(first) was acknowledged, and is lost or doubled")
        }
    }
}

package import Robots
internal import Time

/// Runs the detector over simulated entries and counts what becomes of them.
package struct BehaviourJudge {
    /// Bounds for the sum of weights, in thousandths of natural units, as the shipped ruleset has
    /// them.
    package struct Bounds: Sendable {
        package var challenge = Ruleset.shipped.lower
        package var refuse = Ruleset.shipped.upper

        package init() {}
    }

    /// What became of one author's entries, or of all people's.
    package struct Tally: Sendable {
        package private(set) var entries = 0
        package private(set) var challenged = 0
        package private(set) var refused = 0
        /// Which of its entries, counted from 1, was the third to be stopped: from then on it is
        /// caught.
        package private(set) var caughtAt: Int?
        /// Entries after that, and how many of them were stopped.
        package private(set) var later = 0
        package private(set) var laterStopped = 0
        /// Rules that weighed for a robot in stopped entries, by ``BehaviourRule/rawValue``.
        package private(set) var rules = [Int](
            repeating: 0, count: BehaviourRule.allCases.count)
        /// Of all entries, in order: for whoever asks what other bounds would have done.
        package private(set) var weights: [Int32] = []

        /// The greatest weight seen.
        package var heaviest: Int32 { weights.max() ?? 0 }

        package var stopped: Int { challenged + refused }

        mutating func note(_ findings: BehaviourFindings, bounds: Bounds) {
            entries += 1
            if caughtAt != nil { later += 1 }
            weights.append(findings.weight)
            guard findings.weight >= bounds.challenge else { return }
            if findings.weight >= bounds.refuse { refused += 1 } else { challenged += 1 }
            if caughtAt != nil { laterStopped += 1 }
            if stopped == 3, caughtAt == nil { caughtAt = entries }
            for index in 0..<findings.count where findings[index].weight > 0 {
                rules[Int(findings[index].rule.rawValue)] += 1
            }
        }
    }

    package private(set) var people = Tally()
    package private(set) var attackers: [Int: Tally] = [:]
    /// Asked for each stopped person: for whoever wants to see why.
    package var onStoppedPerson: ((SimulatedEntry, BehaviourFindings) -> Void)?

    private let bounds: Bounds
    private let settings: BehaviourSettings
    private let seed: UInt64

    package init(
        bounds: Bounds = Bounds(), settings: BehaviourSettings = Ruleset.shipped.behaviour,
        seed: UInt64
    ) {
        self.bounds = bounds
        self.settings = settings
        self.seed = seed
    }

    /// Runs all entries, in the order of their times, through a new detector.
    package mutating func judge(_ entries: [SimulatedEntry]) {
        var capacity = BehaviourCapacity()
        // Small tables: what is judged is not how much they hold.
        capacity.rhythmSlots = 1 << 18
        capacity.cells = 1 << 16
        capacity.counters = 1 << 19
        capacity.operations = 16
        var detector = BehaviourDetector(capacity: capacity, settings: settings, seed: seed)
        // 20 November 2026, noon.
        let start = Timestamp(milliseconds: 1_795_176_000_000)
        for entry in entries.sorted(by: { $0.milliseconds < $1.milliseconds }) {
            let time = start.advanced(byMilliseconds: entry.milliseconds)
            let findings = detector.observe(entry.traits, at: time)
            switch entry.author {
            case .person:
                people.note(findings, bounds: bounds)
                if findings.weight >= bounds.challenge { onStoppedPerson?(entry, findings) }
            case .attacker(let number):
                attackers[number, default: Tally()].note(findings, bounds: bounds)
            }
        }
    }
}

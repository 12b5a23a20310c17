package import Robots

/// Attackers of one kind, each by itself among a crowd of its own.
package struct AttackTrial: Sendable {
    package let attack: SimulatedAttack
    /// Within so many entries it is to be caught.
    package let within: Int
    package let crowd: CrowdParameters
    /// People around it, in two hours; 0: the operation is the attacker's.
    package let people: Int

    package init(_ attack: SimulatedAttack, within: Int, crowd: CrowdParameters, people: Int) {
        self.attack = attack
        self.within = within
        self.crowd = crowd
        self.people = people
    }

    package var name: String { "\(crowd.name): \(attack.name), among \(people)" }

    package struct Result: Sendable {
        package internal(set) var attackers = 0
        package internal(set) var caught = 0
        /// At which of its entries each was caught; those that were not are left out.
        package internal(set) var caughtAt: [Int] = []
        /// For each attacker the third of its entries' weights, from the heaviest on: at that bound
        /// it would have been caught.
        package internal(set) var catchingBounds: [Int32] = []
        package internal(set) var later = 0
        package internal(set) var laterStopped = 0
        package internal(set) var people = 0
        package internal(set) var peopleChallenged = 0
        package internal(set) var peopleRefused = 0
        package internal(set) var rules = [Int](
            repeating: 0, count: BehaviourRule.allCases.count)

        package var recall: Double { Double(caught) / Double(max(attackers, 1)) }
        package var medianCaughtAt: Int? {
            caughtAt.isEmpty ? nil : caughtAt.sorted()[caughtAt.count / 2]
        }

        mutating func add(_ judge: BehaviourJudge, within: Int) {
            attackers += 1
            people += judge.people.entries
            peopleChallenged += judge.people.challenged
            peopleRefused += judge.people.refused
            guard let tally = judge.attackers[0] else { return }
            if let at = tally.caughtAt, at <= within {
                caught += 1
                caughtAt.append(at)
            }
            let heaviest = tally.weights.prefix(within).sorted(by: >)
            catchingBounds.append(heaviest.count > 2 ? heaviest[2] : 0)
            later += tally.later
            laterStopped += tally.laterStopped
            for (rule, count) in tally.rules.enumerated() { rules[rule] += count }
        }
    }

    /// - Parameter count: attackers, each with a seed made of `seed`.
    package func run(
        attackers count: Int, seed: UInt64,
        settings: BehaviourSettings = Ruleset.shipped.behaviour
    ) -> Result {
        var draw = Draw(seed: seed)
        var result = Result()
        // One crowd for all: each attacker begins somewhere in it.
        var background: [SimulatedEntry] = []
        if people > 0 {
            var simulated = SimulatedCrowd(crowd, seed: draw.word())
            simulated.addPeople(people, seconds: 7_200)
            background = simulated.entries
        }
        for _ in 0..<count {
            var judge = BehaviourJudge(settings: settings, seed: draw.word())
            let own = attack.entries(
                attacker: 0, crowd: crowd, start: draw.uniform() * 5_000, seed: draw.word())
            // What comes after the attack changes nothing of it.
            let end = own.reduce(0) { max($0, $1.milliseconds) }
            judge.judge(background.filter { $0.milliseconds <= end } + own)
            result.add(judge, within: within)
        }
        return result
    }

    /// Those that have no template, and may be so careful that nobody could tell them from people:
    /// what bounds there could be for them.
    package static func careful(_ crowd: CrowdParameters, people: Int) -> [AttackTrial] {
        let attacks: [SimulatedAttack] = [.poisson, .recorded].flatMap { pacing in
            [
                SimulatedAttack(
                    .realistic, pacing, addresses: 1_000, meanSeconds: 1, entries: 500),
                SimulatedAttack(.scraped, pacing, addresses: 1_000, meanSeconds: 1, entries: 500),
                // A copy of people in everything that can be seen.
                SimulatedAttack(
                    .scraped, pacing, addresses: 1_000, heads: 500, meanSeconds: 4, entries: 500,
                    readsPage: true),
            ]
        }
        return attacks.map { AttackTrial($0, within: 500, crowd: crowd, people: people) }
    }

    /// All kinds that are asked for: templates within 50 entries, names from a thousand addresses
    /// within 500.
    package static func all(_ crowd: CrowdParameters, people: Int) -> [AttackTrial] {
        let templates: [SimulatedAttack.Participants] = [.counted, .tagged, .numbered, .dots]
        var trials: [AttackTrial] = []
        for participants in templates {
            for pacing in SimulatedAttack.Pacing.allCases {
                trials.append(
                    AttackTrial(
                        SimulatedAttack(participants, pacing), within: 50, crowd: crowd,
                        people: people))
                trials.append(
                    AttackTrial(
                        SimulatedAttack(participants, pacing, addresses: 1_000), within: 50,
                        crowd: crowd, people: people))
            }
        }
        for participants in [SimulatedAttack.Participants.realistic, .random, .scraped] {
            for pacing in SimulatedAttack.Pacing.allCases {
                trials.append(
                    AttackTrial(
                        SimulatedAttack(participants, pacing, meanSeconds: 3, entries: 500),
                        within: 500, crowd: crowd, people: people))
                for hosts in [1, 128] {
                    trials.append(
                        AttackTrial(
                            SimulatedAttack(
                                participants, pacing, addresses: 1_000, addressesPerNetwork: hosts,
                                meanSeconds: 1, entries: 500),
                            within: 500, crowd: crowd, people: people))
                }
            }
        }
        return trials
    }
}

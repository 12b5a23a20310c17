package import Robots

/// People alone, in one situation: nobody of them is a robot.
package struct CrowdTrial: Sendable {
    package enum Situation: Sendable {
        /// So many in two hours, of all kinds.
        case mixed(Int)
        /// So many behind one address in five minutes, among a crowd of 2,000; with the house's
        /// mail domain or their own.
        case venue(Int, ownDomain: Bool)
        /// So many within a minute, after a quiet hour of 1,000.
        case flash(Int)
        /// Ten tablets at shows, 200 people each.
        case show
        /// 500 behind one address in five minutes, and nobody else.
        case venueAlone(Int)
    }

    package let crowd: CrowdParameters
    package let situation: Situation

    package init(_ crowd: CrowdParameters, _ situation: Situation) {
        self.crowd = crowd
        self.situation = situation
    }

    package var name: String {
        switch situation {
        case .mixed(let count): "\(crowd.name): \(count) in two hours"
        case .venue(let count, let ownDomain):
            "\(crowd.name): \(count) behind one address\(ownDomain ? ", one domain" : "")"
        case .flash(let count): "\(crowd.name): \(count) in a minute"
        case .show: "\(crowd.name): tablets at shows"
        case .venueAlone(let count): "\(crowd.name): \(count) behind one address, alone"
        }
    }

    /// All situations that are asked for, for one crowd.
    package static func all(_ crowd: CrowdParameters) -> [CrowdTrial] {
        let situations: [Situation] = [
            .mixed(10_000), .venue(500, ownDomain: false), .venue(500, ownDomain: true),
            .venueAlone(500), .flash(20_000), .show,
        ]
        return situations.map { CrowdTrial(crowd, $0) }
    }

    package func entries(seed: UInt64) -> [SimulatedEntry] {
        var people = SimulatedCrowd(crowd, seed: seed)
        switch situation {
        case .mixed(let count): people.addPeople(count, seconds: 7_200)
        case .venue(let count, let ownDomain):
            people.addPeople(2_000, seconds: 3_600)
            people.addVenue(
                count, at: 1_800, seconds: 300, ownDomain: ownDomain, managedShare: 0.8)
        case .venueAlone(let count):
            people.addVenue(count, at: 0, seconds: 300, ownDomain: true, managedShare: 0.8)
        case .flash(let count):
            people.addPeople(1_000, seconds: 3_600)
            people.addFlash(count, at: 3_600, seconds: 60)
        case .show:
            people.addPeople(1_000, seconds: 7_200)
            for index in 0..<10 { people.addTablet(200, at: Double(index) * 60) }
        }
        return people.entries
    }

    /// - Parameter onStopped: see ``BehaviourJudge/onStoppedPerson``.
    package func run(
        seed: UInt64, settings: BehaviourSettings = BehaviourSettings(),
        onStopped: ((SimulatedEntry, BehaviourFindings) -> Void)? = nil
    ) -> BehaviourJudge.Tally {
        var judge = BehaviourJudge(settings: settings, seed: seed)
        judge.onStoppedPerson = onStopped
        judge.judge(entries(seed: seed))
        return judge.people
    }
}

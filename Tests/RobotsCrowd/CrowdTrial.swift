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
        /// So many within the first minute, by a message or on television; nobody came before.
        case opening(Int)
        /// So many within a minute, after a quiet hour of 1,000; seven in ten by an application
        /// that nobody used before.
        case newApplication(Int)
        /// So many in ten minutes behind one carrier's shared addresses, six in ten with the
        /// telephone that the carrier sells, among 2,000 others.
        case carrier(Int)
        /// So many classes of one school, 30 pupils in four minutes each, one class after the
        /// other: one address, the school's devices; alone, or among 1,000 others.
        case classes(Int, alone: Bool)
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
        case .opening(let count): "\(crowd.name): \(count) in the first minute"
        case .newApplication(let count):
            "\(crowd.name): \(count) in a minute, by a new application"
        case .carrier(let count): "\(crowd.name): \(count) of one carrier"
        case .classes(let count, let alone):
            "\(crowd.name): \(count) classes of one school\(alone ? ", alone" : "")"
        }
    }

    /// All situations that are asked for, for one crowd.
    package static func all(_ crowd: CrowdParameters) -> [CrowdTrial] {
        let situations: [Situation] = [
            .mixed(10_000), .venue(500, ownDomain: false), .venue(500, ownDomain: true),
            .venueAlone(500), .flash(20_000), .opening(20_000), .newApplication(20_000),
            .carrier(1_500), .classes(1, alone: false), .classes(10, alone: false),
            .classes(10, alone: true), .show,
        ]
        return situations.map { CrowdTrial(crowd, $0) }
    }

    private static let newApplication = Browser(
        family: "new application", version: 0, language: "fr-FR", device: 0)

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
        case .opening(let count): people.addFlash(count, at: 0, seconds: 60)
        case .newApplication(let count):
            people.addPeople(1_000, seconds: 3_600)
            people.addFlash(count, at: 3_600, seconds: 60, by: Self.newApplication)
        case .carrier(let count):
            people.addPeople(2_000, seconds: 3_600)
            people.addCarrier(count, at: 1_800, seconds: 600, soldShare: 0.6)
        case .classes(let count, let alone):
            if !alone { people.addPeople(1_000, seconds: 7_200) }
            people.addSchool(classes: count, of: 30, at: 600, everySeconds: 660)
        case .show:
            people.addPeople(1_000, seconds: 7_200)
            for index in 0..<10 { people.addTablet(200, at: Double(index) * 60) }
        }
        return people.entries
    }

    /// - Parameter onStopped: see ``BehaviourJudge/onStoppedPerson``.
    package func run(
        seed: UInt64, settings: BehaviourSettings = Ruleset.shipped.behaviour,
        onStopped: ((SimulatedEntry, BehaviourFindings) -> Void)? = nil
    ) -> BehaviourJudge.Tally {
        var judge = BehaviourJudge(settings: settings, seed: seed)
        judge.onStoppedPerson = onStopped
        judge.judge(entries(seed: seed))
        return judge.people
    }
}

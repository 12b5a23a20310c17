/// A program that enters people who do not exist, or do not know of it. One seed, one attack.
package struct SimulatedAttack: Sendable {
    /// Where its participants come from.
    package enum Participants: String, Sendable, CaseIterable {
        /// `user0001@…`, counted up.
        case counted
        /// One mailbox with another `+tag` each time.
        case tagged
        /// One name and a number drawn each time.
        case numbered
        /// One mailbox with dots in other places.
        case dots
        /// Letters drawn at random.
        case random
        /// A list of 200 first and 400 last names, all as frequent, in one or two patterns.
        case realistic
        /// From another crowd of people: exactly as they are.
        case scraped
    }

    package enum Pacing: String, Sendable, CaseIterable {
        case fixed
        /// `between(1,5)`: from a third to five thirds of the mean.
        case uniform
        case poisson
        /// People's own intervals, recorded: heavy tails.
        case recorded
    }

    package var participants: Participants
    package var pacing: Pacing
    package var addresses: Int
    /// Addresses of one network; hosting has hundreds, lent home lines one.
    package var addressesPerNetwork: Int
    /// Recorded browsers that it replays.
    package var heads: Int
    /// Mean time between entries.
    package var meanSeconds: Double
    package var count: Int
    /// The same form each time, or one drawn as people's are.
    package var fieldsAreFixed: Bool
    /// It reads the page, and waits as long as people do before it enters.
    package var readsPage: Bool

    package init(
        _ participants: Participants, _ pacing: Pacing, addresses: Int = 1,
        addressesPerNetwork: Int = 1, heads: Int = 1, meanSeconds: Double = 3,
        entries count: Int = 50,
        fieldsAreFixed: Bool = false, readsPage: Bool = false
    ) {
        self.participants = participants
        self.pacing = pacing
        self.addresses = addresses
        self.addressesPerNetwork = addressesPerNetwork
        self.heads = heads
        self.meanSeconds = meanSeconds
        self.count = count
        self.fieldsAreFixed = fieldsAreFixed
        self.readsPage = readsPage
    }

    package var name: String {
        "\(participants.rawValue), \(pacing.rawValue), \(addresses) addresses, \(heads) heads"
            + (readsPage ? ", reads the page" : "")
    }

    /// Its entries, from a start on.
    /// - Parameter crowd: whose browsers it replays, whose form it fills, whose names it has lists
    /// of.
    package func entries(
        attacker: Int, crowd: CrowdParameters, operation: UInt32 = 1, start: Double, seed: UInt64
    ) -> [SimulatedEntry] {
        var draw = Draw(seed: seed)
        let browsers = (0..<heads).map { _ in draw.pick(crowd.browsers) }
        let homes = addressList(&draw)
        let source = AttackNames(participants, crowd: crowd, &draw)
        let form = crowd.fields.text(&draw)
        // One connection a browser and address, as tools that keep their connections have them.
        let sessions = (0..<max(heads, 1)).map { _ in draw.word() | 1 }
        var moment = start
        return (0..<count).map { index in
            moment += interval(&draw)
            let head = draw.below(heads)
            let address = draw.below(homes.count)
            let sent = Traits.Sent(
                participant: source.next(index, &draw),
                fields: fieldsAreFixed ? form : crowd.fields.text(&draw), browser: browsers[head],
                address: homes[address],
                session: addresses == 1 ? sessions[head] : draw.word() | 1,
                formMilliseconds: readsPage ? crowd.formMilliseconds(&draw) : 0)
            return SimulatedEntry(
                milliseconds: Int64(moment * 1_000), author: .attacker(attacker),
                traits: Traits.traits(of: sent, operation: operation),
                participant: sent.participant)
        }
    }

    private func addressList(_ draw: inout Draw) -> [UInt32] {
        var network: UInt32 = 0
        return (0..<addresses).map { index in
            if index % addressesPerNetwork == 0 {
                network = UInt32(80 + draw.below(100)) << 24 | UInt32(draw.below(65_536)) << 8
            }
            return network | UInt32(index % addressesPerNetwork)
        }
    }

    private func interval(_ draw: inout Draw) -> Double {
        switch pacing {
        // A timer and a network are not exact.
        case .fixed: meanSeconds * (1 + 0.02 * draw.normal())
        case .uniform: meanSeconds * draw.uniform((1 / 3.0)...(5 / 3.0))
        case .poisson: draw.exponential(mean: meanSeconds)
        case .recorded: draw.logNormal(median: meanSeconds * 0.6, sigma: 1)
        }
    }
}

/// The participants of an attack.
struct AttackNames {
    private let kind: SimulatedAttack.Participants
    private let first: [String]
    private let last: [String]
    private let domains: [String]
    private let styles: [ParticipantSource.Style]
    private let base: (first: String, last: String)
    private let stranger: ParticipantSource

    init(_ kind: SimulatedAttack.Participants, crowd: CrowdParameters, _ draw: inout Draw) {
        self.kind = kind
        let names = crowd.participants.names
        (first, last) = names.commonest(first: 200, last: 400)
        domains = Array(crowd.participants.domains.elements.prefix(6))
        let possible: [ParticipantSource.Style] = [.dotted, .joined, .dottedAndNumber, .initial]
        styles = (0...draw.below(2)).map { _ in draw.pick(possible) }
        base = (names.firstName(&draw), names.lastName(&draw))
        stranger = crowd.participants
    }

    func next(_ index: Int, _ draw: inout Draw) -> String {
        let mailbox = base.first + base.last
        switch kind {
        case .counted:
            let number = String(index + 1)
            return "user" + String(repeating: "0", count: max(5 - number.count, 0)) + number
                + "@" + domains[0]
        case .tagged: return mailbox + "+\(index)@" + domains[0]
        case .numbered: return mailbox + "\(draw.below(100_000))@" + domains[0]
        case .dots:
            let dotted = mailbox.enumerated().map { place, letter in
                place > 0 && draw.chance(0.4) ? ".\(letter)" : String(letter)
            }
            return dotted.joined() + "@" + domains[0]
        case .random:
            let letters = Array("abcdefghijklmnopqrstuvwxyz")
            return String((0..<(7 + draw.below(6))).map { _ in draw.pick(letters) })
                + "@" + draw.pick(domains)
        case .realistic:
            let local = ParticipantSource.local(
                draw.pick(styles), first: draw.pick(first), last: draw.pick(last), &draw)
            return local + "@" + draw.pick(domains)
        case .scraped: return stranger.participant(&draw)
        }
    }
}

/// People: at home in families, on their way behind carriers' addresses, in offices, schools and at
/// shows. One seed, one crowd.
///
/// Groups come like a Poisson process whose rate decays from a wave on (Paxson and Floyd 1995 found
/// the arrivals of sessions Poisson at a fixed rate).
package struct SimulatedCrowd {
    package private(set) var entries: [SimulatedEntry] = []
    /// People so far, each with one participant.
    package private(set) var people = 0

    private let parameters: CrowdParameters
    private let operation: UInt32
    private var draw: Draw

    package init(_ parameters: CrowdParameters, operation: UInt32 = 1, seed: UInt64) {
        self.parameters = parameters
        self.operation = operation
        draw = Draw(seed: seed)
    }

    /// So many people over a time, of all kinds.
    package mutating func addPeople(_ count: Int, seconds: Double) {
        let end = people + count
        while people < end {
            let moment =
                draw.chance(parameters.waveShare)
                ? min(draw.exponential(mean: parameters.waveSeconds), seconds)
                : draw.uniform() * seconds
            let left = end - people
            switch draw.uniform() {
            case ..<parameters.mobileShare: addOnMobile(at: moment)
            // Each of these brings dozens: so many fewer of them.
            case ..<(parameters.mobileShare + parameters.officeShare / 12):
                addOffice(min(left, 3 + draw.below(20)), at: moment, seconds: 3_600)
            case ..<(parameters.mobileShare + parameters.officeShare / 12
                + parameters.schoolShare / 30):
                addClass(min(left, 15 + draw.below(20)), at: moment, seconds: 240)
            case ..<(parameters.mobileShare + parameters.officeShare / 12
                + parameters.schoolShare / 30 + parameters.showShare / 60):
                addTablet(min(left, 30 + draw.below(60)), at: moment)
            default: addFamily(min(left, draw.pick(parameters.familySizes)), at: moment)
            }
        }
    }

    /// A school or an office: one address, the house's devices, its mail domain or people's own.
    package mutating func addVenue(
        _ count: Int, at start: Double, seconds: Double, ownDomain: Bool, managedShare: Double
    ) {
        let address = Self.homeAddress(&draw)
        let managed = draw.pick(parameters.browsers)
        let domain = ownDomain ? "house\(draw.below(100_000)).example" : nil
        for _ in 0..<count {
            let browser = draw.chance(managedShare) ? managed : draw.pick(parameters.browsers)
            addPerson(
                at: start + draw.uniform() * seconds, address: address, browser: browser,
                domain: domain)
        }
    }

    /// A school whose classes take part one after the other: one address, the school's devices,
    /// pupils' own mail addresses or the school's.
    package mutating func addSchool(
        classes: Int, of pupils: Int, at start: Double, everySeconds: Double
    ) {
        let address = Self.homeAddress(&draw)
        let managed = draw.pick(parameters.browsers)
        let domain = draw.chance(0.3) ? "school\(draw.below(100_000)).example" : nil
        for number in 0..<classes {
            let lesson = start + Double(number) * everySeconds
            for _ in 0..<pupils {
                let browser = draw.chance(0.8) ? managed : draw.pick(parameters.browsers)
                addPerson(
                    at: lesson + draw.uniform() * 240, address: address, browser: browser,
                    domain: domain)
            }
        }
    }

    /// Customers of one carrier: its shared addresses, the telephone that it sells.
    package mutating func addCarrier(
        _ count: Int, at start: Double, seconds: Double, soldShare: Double
    ) {
        let sold = draw.pick(parameters.browsers)
        for _ in 0..<count {
            let network = draw.below(parameters.networksPerCarrier)
            addPerson(
                at: start + draw.uniform() * seconds,
                address: UInt32(120) << 24 | UInt32(network) << 8 | UInt32(draw.below(64)),
                browser: draw.chance(soldShare) ? sold : draw.pick(parameters.browsers))
        }
    }

    /// A programme on television names the address: so many people within a minute.
    /// - Parameter newcomer: what seven in ten come by; `nil`: by one of the crowd's own.
    package mutating func addFlash(
        _ count: Int, at start: Double, seconds: Double, by newcomer: Browser? = nil
    ) {
        for _ in 0..<count {
            // The rush begins at once and ebbs.
            let moment = start + min(draw.exponential(mean: seconds / 3), seconds)
            var browser = draw.pick(parameters.browsers)
            if let newcomer, draw.chance(0.7) {
                browser = newcomer
            } else if newcomer == nil, draw.chance(0.7) {
                while !parameters.flashFamilies.contains(browser.family) {
                    browser = draw.pick(parameters.browsers)
                }
            }
            let address =
                draw.chance(parameters.mobileShare)
                ? carrierAddress() : Self.homeAddress(&draw)
            addPerson(at: moment, address: address, browser: browser)
        }
    }

    /// A tablet at a show, and a queue before it: one address, one head, one connection, each
    /// person takes about as long as the one before.
    package mutating func addTablet(_ count: Int, at start: Double) {
        let address = Self.homeAddress(&draw)
        let browser = draw.pick(parameters.browsers)
        let session = nextSession()
        var moment = start
        for _ in 0..<count {
            moment += max(draw.logNormal(median: 34, sigma: 0.4), 10)
            addPerson(at: moment, address: address, browser: browser, session: session)
        }
    }

    private mutating func addOnMobile(at moment: Double) {
        let address = carrierAddress()
        addPerson(at: moment, address: address, browser: draw.pick(parameters.browsers))
    }

    private mutating func carrierAddress() -> UInt32 {
        let carrier = draw.pick(Weighted(parameters.carriers.enumerated().map { ($0.0, $0.1) }))
        let network = draw.below(parameters.networksPerCarrier)
        return UInt32(100 + carrier) << 24 | UInt32(network) << 8 | UInt32(draw.below(64))
    }

    /// One after the other, on one device or on their own.
    private mutating func addFamily(_ count: Int, at start: Double) {
        let address = Self.homeAddress(&draw)
        let lastName = parameters.participants.names.lastName(&draw)
        let shared = draw.pick(parameters.browsers)
        let isShared = draw.chance(0.5)
        let session = nextSession()
        var moment = start
        for _ in 0..<count {
            addPerson(
                at: moment, address: address,
                browser: isShared ? shared : draw.pick(parameters.browsers),
                lastName: draw.chance(0.8) ? lastName : nil, session: isShared ? session : nil)
            moment += draw.logNormal(median: isShared ? 60 : 180, sigma: 0.9)
        }
    }

    private mutating func addOffice(_ count: Int, at start: Double, seconds: Double) {
        addVenue(
            count, at: start, seconds: seconds, ownDomain: draw.chance(0.4), managedShare: 0.6)
    }

    private mutating func addClass(_ count: Int, at start: Double, seconds: Double) {
        addVenue(
            count, at: start, seconds: seconds, ownDomain: draw.chance(0.3), managedShare: 0.8)
    }

    private mutating func addPerson(
        at moment: Double, address: UInt32, browser: Browser, lastName: String? = nil,
        domain: String? = nil, session: UInt64? = nil
    ) {
        people += 1
        let sent = Traits.Sent(
            participant: parameters.participants.participant(
                &draw, lastName: lastName, domain: domain),
            fields: parameters.fields.text(&draw), browser: browser, address: address,
            session: session ?? nextSession(),
            formMilliseconds: parameters.formMilliseconds(&draw))
        append(sent, at: moment)
        if draw.chance(parameters.doubleShare) {
            append(sent, at: moment + draw.logNormal(median: 1.5, sigma: 1.2))
        }
        if draw.chance(parameters.returnShare) {
            append(sent, at: moment + draw.logNormal(median: 400, sigma: 1))
        }
    }

    private mutating func append(_ sent: Traits.Sent, at moment: Double) {
        entries.append(
            SimulatedEntry(
                milliseconds: Int64(moment * 1_000), author: .person,
                traits: Traits.traits(of: sent, operation: operation),
                participant: sent.participant))
    }

    private mutating func nextSession() -> UInt64 {
        draw.word() | 1
    }

    /// One of three million lines, a few hundred to a network.
    private static func homeAddress(_ draw: inout Draw) -> UInt32 {
        UInt32(80 + draw.below(4)) << 24 | UInt32(draw.below(12_000)) << 8 | UInt32(draw.below(256))
    }
}

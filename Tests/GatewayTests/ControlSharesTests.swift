import Ledger
import Testing

@testable import Gateway

@Suite("Who may begin a request of the admin listener")
struct ControlSharesTests {
    private let admin = TokenHolder(.admin)
    private let marie = TokenHolder(Author(.operator, name: "marie"))
    private let acme = TokenHolder(Author(.client, name: "acme"))
    private let bolt = TokenHolder(Author(.client, name: "bolt"))
    private let prometheus = TokenHolder(Author(.scrape, name: "prometheus"))

    private func shares(_ change: (inout Limits) -> Void = { _ in }) -> ControlShares {
        var limits = Limits()
        limits.adminRequestsAtOnce = 32
        change(&limits)
        return ControlShares(limits)
    }

    /// Begins as many as it may, and says how many that were and why it may no more.
    private func fill(
        _ shares: inout ControlShares, _ work: ControlWork, by holder: TokenHolder
    ) -> (count: Int, refusal: ControlRefusal) {
        var count = 0
        while true {
            if let refusal = shares.begin(work, by: holder) { return (count, refusal) }
            count += 1
        }
    }

    private func check(
        _ shares: inout ControlShares, _ work: ControlWork, by holder: TokenHolder, _ count: Int,
        _ refusal: ControlRefusal, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let filled = fill(&shares, work, by: holder)
        #expect(filled.count == count, sourceLocation: sourceLocation)
        #expect(filled.refusal == refusal, sourceLocation: sourceLocation)
    }

    @Test("a client has its share, another client its own, and a person half of the places")
    func ofEach() {
        var shares = shares()
        check(&shares, .request, by: acme, 4, .token)
        check(&shares, .request, by: bolt, 4, .token)
        check(&shares, .request, by: marie, 16, .token)
        check(&shares, .request, by: admin, 8, .places)
        #expect(shares.inProgress(.request) == 32)
        // Each kind of work has places of its own.
        #expect(shares.inProgress(.measure) == 0)
        check(&shares, .measure, by: marie, 16, .token)
        check(&shares, .scrape, by: prometheus, 4, .token)
        check(&shares, .report, by: acme, 2, .token)
    }

    @Test("clients together leave half of the places to others", arguments: ControlWork.allCases)
    func ofClients(work: ControlWork) {
        var shares = shares()
        let places = Limits().adminRequestsAtOnce
        var total = 0
        for number in 0..<places {
            let client = TokenHolder(Author(.client, name: "c-\(number)"))
            let (count, refusal) = fill(&shares, work, by: client)
            total += count
            #expect(count == 0 ? refusal == .clients : true)
        }
        let (count, refusal) = fill(&shares, work, by: marie)
        #expect(count == total && refusal == .token, "as many as the clients")
    }

    @Test("what ends makes room for its own holder, however often")
    func ends() {
        var shares = shares()
        for _ in 0..<3 {
            let (count, _) = fill(&shares, .report, by: acme)
            #expect(count == 2)
            for _ in 0..<count { shares.end(.report, by: acme) }
            #expect(shares.inProgress(.report) == 0)
        }
    }

    @Test("there is a place of each kind for a client and an operator, however few there are")
    func smallest() {
        for work in ControlWork.allCases {
            var shares = shares { $0.adminRequestsAtOnce = 1 }
            #expect(shares.begin(work, by: acme) == nil)
            shares.end(work, by: acme)
            #expect(shares.begin(work, by: marie) == nil)
        }
    }

    @Test("a share of one's own is taken from the settings, within a quarter of the places")
    func settings() {
        var shares = shares { $0.adminRequestsPerToken = 7 }
        check(&shares, .request, by: acme, 7, .token)
        check(&shares, .report, by: acme, 2, .token)
    }

    @Test("a place ends once: when it is said, or when nobody has it any more")
    func places() throws {
        var limits = Limits()
        limits.adminRequestsAtOnce = 8
        let places = ControlPlaces(limits)
        do {
            let first = try places.begin(.request, by: acme)
            #expect(places.inProgress(.request) == 1)
            #expect(throws: ControlRefusal.token) { try places.begin(.request, by: acme) }
            first.end()
            first.end()
            #expect(places.inProgress(.request) == 0)
            _ = try places.begin(.request, by: acme)
        }
        #expect(places.inProgress(.request) == 0)
        #expect(places.refusals(.request, .token) == 1)
        #expect(places.refusals(.request, .places) == 0)
    }

    @Test("reports are long work, measures a person's, metrics the scrapers'")
    func kinds() throws {
        func work(_ method: String, _ pattern: String, by author: Author) throws -> ControlWork {
            let route = AdminRouteTable.routes.first {
                $0.method == method && $0.pattern.text == pattern
            }
            return try #require(route).work(by: author)
        }
        let client = Author(.client, name: "acme")
        let operation = "/v1/operations/{operation}"
        for act in ["open", "close", "resume", "suspend", "pace"] {
            #expect(try work("POST", "\(operation)/\(act)", by: .admin) == .measure)
        }
        #expect(try work("POST", "\(operation)/close", by: client) == .request)
        #expect(try work("POST", "/v1/keys/{key_id}/revoke", by: client) == .measure)
        #expect(try work("POST", "/v1/tokens/{token_id}/revoke", by: .admin) == .measure)
        #expect(try work("POST", "/v1/clock/confirm", by: .admin) == .measure)
        #expect(try work("GET", "/metrics", by: .admin) == .scrape)
        #expect(try work("GET", "\(operation)/evidence", by: client) == .report)
        #expect(try work("POST", "\(operation)/reset", by: .admin) == .report)
        #expect(try work("GET", "/v1/status", by: .admin) == .request)
        #expect(try work("GET", "/v1/events", by: client) == .stream)
    }
}

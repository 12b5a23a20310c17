import Foundation
import Testing

extension EndToEnd {
    @Suite("Under a pace people wait their turn, and nobody gets round it")
    struct PaceTests {
        @Test("who comes too early is given a ticket, and is let in with it when its time has come")
        func turn() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation()
                let queue = try Queue(at: operation, of: gateway)
                let state = try gateway.state(of: operation)
                #expect(state["state"]?.string == "smoothed", "\(state)")
                #expect(state["pace_per_second"]?.integer == 1, "\(state)")
                #expect(try queue.stands(), "\(state)")
                let shown = try gateway.say("operation", "show", "ete")
                #expect(shown.output.contains("smoothed to 1 a second"), "\(shown)")
                let entered = try queue.enterFirst()
                #expect(entered.status == 201, "\(entered)")
                try queue.expectTheEnd("the crowd still waits") { operation.entry("later-\($0)") }
                for _ in 1...2 {
                    let again = try gateway.post(operation.entry(queue.first, queue.ticket))
                    #expect(again.status == 200, "answered at once: \(again)")
                    #expect(again.json["entry"] == entered.json["entry"], "\(again)")
                }
                let free = try gateway.say("operation", "pace", "ete", "--none", "--json")
                #expect(free.ending == .exit(0), "\(free)")
                #expect(free.json["state"]?.string == "open", "\(free)")
                #expect(free.json["waiting"]?.integer == 0, "\(free)")
                #expect(try gateway.post(operation.entry("later")).status == 201)
            }
        }

        @Test("a ticket that is forged, of another operation or somebody else's gains nothing")
        func impostors() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation(rule: "unlimited")
                let other = try gateway.openOperation("hiver", rule: "unlimited")
                let foreign = try Queue(at: other, of: gateway)
                let queue = try Queue(at: operation, of: gateway)
                var wrong = Array(queue.ticket)
                let last = wrong.count - 2
                wrong[last] = wrong[last] == "A" ? "B" : "A"
                try queue.expectTheEnd("another code") { _ in
                    operation.entry(queue.first, String(wrong))
                }
                let late = try queue.expectTheEnd("no ticket") { _ in operation.entry("late") }
                // The number in front with the code of the one at the end.
                let own = try #require(late?.json["ticket"]?.string)
                let forged = String(queue.ticket.prefix(21) + own.dropFirst(21))
                try queue.expectTheEnd("another number") { _ in operation.entry("late", forged) }
                for (who, ticket) in [
                    ("nobody", queue.ticket), (foreign.first, foreign.ticket),
                    (queue.first, foreign.ticket), (queue.first, "nonsense"), (queue.first, ""),
                ] {
                    try queue.expectTheEnd("\(who) \(ticket)") { _ in
                        operation.entry(who, ticket)
                    }
                }
                let entered = try queue.enterFirst()
                #expect(entered.status == 201, "the right one is worth what it was: \(entered)")
            }
        }

        @Test("a ticket is used once, and is not good for a second entry")
        func reused() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation(rule: "unlimited")
                let queue = try Queue(at: operation, of: gateway)
                #expect(try queue.enterFirst().status == 201)
                try queue.expectTheEnd("used") { _ in operation.entry(queue.first, queue.ticket) }
            }
        }

        @Test("a pace and its tickets outlive the process, however it ends")
        func restarted() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation(rule: "unlimited")
                let queue = try Queue(at: operation, of: gateway)
                for isKilled in [true, false] {
                    if isKilled { try gateway.kill() } else { _ = try gateway.stop() }
                    try gateway.start()
                    let state = try gateway.state(of: operation)
                    #expect(state["state"]?.string == "smoothed", "\(state)")
                    #expect(try queue.stands(), "\(state)")
                    try queue.expectTheEnd("of now") { operation.entry("now-\(isKilled)-\($0)") }
                }
                #expect(try queue.enterFirst().status == 201, "the ticket of before")
            }
        }

        @Test("a crowd comes in in order, and nothing told goes back, over two restarts")
        func crowd() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation()
                _ = try gateway.say("operation", "pace", "ete", "5")
                var crowd = PatientCrowd(25, at: operation, of: gateway)
                try crowd.come(until: 8)
                try crowd.standAside {
                    try gateway.kill()
                    try gateway.start()
                }
                try crowd.come(until: 16)
                try crowd.standAside {
                    _ = try gateway.stop()
                    try gateway.start()
                }
                try crowd.come(until: 25)
                #expect(crowd.steppedBack.isEmpty, "\(crowd.steppedBack)")
                #expect(crowd.disorder <= 0.02, "\(crowd.order)")
            }
        }

        @Test("before a shuffled start everybody has one place, and who came first is not first")
        func shuffled() throws {
            try withReplayedGateway { gateway in
                var (crowd, told) = try beforeTheStart(of: "ete", in: 8, at: gateway)
                // A machine that stood still until then is given more time.
                for seconds in [30.0, 90] where told == nil {
                    (crowd, told) = try beforeTheStart(
                        of: "ete-\(Int(seconds))", in: seconds, at: gateway)
                }
                let first = try #require(told, "31 entries take over a minute")
                expectProblem(first, 429)
                #expect(first.json["verdict"]?.string == "waiting", "\(first)")
                #expect(first.json["position"] == .null && first.json["estimated_at"] == .null)
                #expect(first.json["opens"]?.string?.hasSuffix("Z") == true, "\(first)")
                #expect(first.json["ticket"]?.string == crowd.ticket(of: 0), "one place each")
                try gateway.kill()
                try gateway.start()
                try crowd.come(until: 30)
                #expect(crowd.order.sorted() == Array(0..<30))
                #expect(crowd.order != Array(0..<30))
                let record = try #require(try gateway.records("fact.draw").last)
                #expect("\(record)".contains("seed"), "\(record)")
            }
        }

        /// A crowd that has come before an operation's shuffled start.
        /// - Returns: the crowd, and what the first of it is told again; nil where it is too late
        ///   for that.
        private func beforeTheStart(
            of name: String, in seconds: TimeInterval, at gateway: Gateway
        ) throws -> (PatientCrowd, HTTPAnswer?) {
            let start = Date(timeIntervalSinceNow: seconds)
            let soon = ISO8601DateFormatter().string(from: start)
            let operation = try gateway.openOperation(
                name, settings: "\"start\":\"shuffled\",\"opens\":\"\(soon)\"")
            _ = try gateway.say("operation", "pace", name, "20")
            var crowd = PatientCrowd(30, at: operation, of: gateway)
            try crowd.comeOnce()
            let first = try gateway.post(operation.entry("p-0"))
            // The start has whole seconds.
            return (crowd, Date() < start.addingTimeInterval(-1) ? first : nil)
        }
    }
}

/// People who come at once, and again when they are told, until they are let in.
private struct PatientCrowd {
    private struct Person {
        var ticket: String?
        var due: Date
        var position = Int.max
        var turnAt = Date.distantFuture
    }

    private let operation: Operation
    private let gateway: Gateway
    private var people: [Person]
    /// Who was let in, in order.
    private(set) var order: [Int] = []
    private(set) var steppedBack: [String] = []
    /// For how long nobody could come, or came later than told: as the machine is.
    private var lost: TimeInterval = 0

    /// A turn may be told so much later, in seconds, and come so much later.
    private var jitter: TimeInterval { max(1, lost) }

    init(_ count: Int, at operation: Operation, of gateway: Gateway) {
        self.operation = operation
        self.gateway = gateway
        people = Array(repeating: Person(ticket: nil, due: Date()), count: count)
    }

    func ticket(of index: Int) -> String? { people[index].ticket }

    /// Nobody comes while the gateway is elsewhere.
    mutating func standAside(_ meanwhile: () throws -> Void) rethrows {
        let began = Date()
        try meanwhile()
        lost += Date().timeIntervalSince(began)
    }

    /// Everybody comes for the first time.
    mutating func comeOnce() throws {
        let connection = try gateway.connect()
        for index in people.indices { try come(index, connection) }
    }

    /// Lets people come until so many are let in.
    mutating func come(until count: Int) throws {
        let connection = try gateway.connect()
        let deadline = Date(timeIntervalSinceNow: 300)
        while order.count < count, Date() < deadline {
            let waiting = people.indices.filter { !order.contains($0) }
            let next = try #require(waiting.min { people[$0].due < people[$1].due })
            let wait = people[next].due.timeIntervalSinceNow
            let due = Date(timeIntervalSinceNow: max(wait, 0))
            if wait > 0 { pause(milliseconds: Int32(wait * 1_000) + 1) }
            try come(next, connection)
            lost += max(0, Date().timeIntervalSince(due) - Self.usualSeconds)
        }
        #expect(order.count >= count, "\(order)")
    }

    /// What one who comes takes where the machine is at leisure.
    private static let usualSeconds: TimeInterval = 0.05

    private mutating func come(_ index: Int, _ connection: HTTPConnection) throws {
        let request =
            people[index].ticket.map { operation.entry("p-\(index)", $0) }
            ?? operation.entry("p-\(index)")
        let answer = try connection.exchange(request.text)
        if answer.status == 201 {
            order.append(index)
            return
        }
        expectProblem(answer, 429)
        let wait = try #require(answer.json["retry_after"]?.double, "\(answer)")
        people[index].due = Date(timeIntervalSinceNow: wait)
        people[index].ticket = try #require(answer.json["ticket"]?.string, "\(answer)")
        guard let position = answer.json["position"]?.integer,
            let turnAt = answer.json["estimated_at"]?.string.flatMap(Self.date)
        else { return }
        if position > people[index].position || turnAt > people[index].turnAt + jitter {
            steppedBack.append("\(index): \(people[index]), then \(answer)")
        }
        people[index].position = position
        people[index].turnAt = turnAt
    }

    private static func date(_ text: String) -> Date? {
        try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text)  // or none
    }

    /// The share of pairs that were let in the wrong way round by more than the places of the
    /// jitter, at a pace of five a second.
    var disorder: Double {
        let places = Int(5 * jitter)
        var wrong = 0
        for (place, person) in order.enumerated() {
            wrong += order[..<place].count { $0 > person + places }
        }
        return Double(wrong) / (Double(order.count * (order.count - 1)) / 2)
    }
}

/// An operation under a pace of one entry a second, one who waits in front, and a crowd behind.
private final class Queue {
    /// Those who do not come back are missed after some ten seconds: so long it stands.
    static let crowd = 1_000
    private static let standsSeconds = 8.0

    let operation: Operation
    let gateway: Gateway
    let first: String
    let ticket: String
    /// When the crowd began to come.
    private var cameAt = ContinuousClock.now

    init(at operation: Operation, of gateway: Gateway) throws {
        self.operation = operation
        self.gateway = gateway
        let said = try gateway.say("operation", "pace", operation.name, "1")
        try #require(said.ending == .exit(0), "\(said)")
        // The first ones may find the gate free.
        var number = 0
        var answer: HTTPAnswer
        repeat {
            number += 1
            answer = try gateway.post(operation.entry("early-\(number)"))
        } while answer.status == 201 && number < 60
        expectProblem(answer, 429)
        #expect(answer.json["verdict"]?.string == "waiting", "\(answer)")
        #expect(answer.json["position"]?.integer == 0, "\(answer)")
        #expect(isTimestamp(answer.json["estimated_at"]?.string), "\(answer)")
        let wait = try #require(answer.json["retry_after"]?.double, "\(answer)")
        #expect(
            wait > 0 && answer["retry-after"] == "\(Int(wait.rounded(.up)))", "\(answer)")
        first = "early-\(number)"
        ticket = try #require(answer.json["ticket"]?.string, "\(answer)")
        try bringCrowd()
    }

    private func bringCrowd() throws {
        cameAt = .now
        let name = "crowd-\(UUID().uuidString.prefix(8))"
        let connection = try gateway.connect()
        for batch in 1...10 {
            let entries = (1...(Self.crowd / 10)).map { operation.entry("\(name)-\(batch)-\($0)") }
            try connection.send(entries.map(\.text).joined())
            for _ in entries { _ = try connection.receive() }
        }
    }

    /// Whether the crowd may have been missed by now, on a machine that stood still.
    private var mayBeMissed: Bool {
        ContinuousClock.now - cameAt > .seconds(Self.standsSeconds)
    }

    /// Whether most of the crowd waits, or another one in its place that may have been missed.
    func stands() throws -> Bool {
        let state = try gateway.state(of: operation)
        if try #require(state["waiting"]?.integer, "\(state)") > Self.crowd / 2 { return true }
        guard mayBeMissed else { return false }
        try bringCrowd()
        return true
    }

    /// Comes again with the ticket, as often as it is told to, until it is let in.
    func enterFirst() throws -> HTTPAnswer {
        var answer = try gateway.post(operation.entry(first, ticket))
        for _ in 1...30 where answer.status == 429 {
            #expect(answer.json["ticket"]?.string == ticket, "it keeps its place: \(answer)")
            let wait = try #require(answer.json["retry_after"]?.double, "\(answer)")
            pause(milliseconds: Int32(wait * 1_000) + 1)
            answer = try gateway.post(operation.entry(first, ticket))
        }
        return answer
    }

    /// Expects somebody to be put behind the crowd, with a ticket of his own.
    ///
    /// Where nobody comes who is called, somebody without a ticket may be let in. That is luck and
    /// no gain: whoever asks again at once is put at the end.
    @discardableResult
    func expectTheEnd(
        _ what: String, _ entry: (_ attempt: Int) -> HTTPRequest,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> HTTPAnswer? {
        var answers: [HTTPAnswer] = []
        for round in 0..<5 {
            for attempt in 1...2 {
                let answer = try gateway.post(entry(2 * round + attempt))
                if answer.status == 429, answer.json["ticket"]?.string != ticket,
                    try #require(answer.json["position"]?.integer) > Self.crowd / 4
                {
                    return answer
                }
                answers.append(answer)
                if answer.status != 201 { break }
            }
            // Behind a crowd that may have been missed it shows nothing: behind another one, then.
            guard mayBeMissed else { break }
            try bringCrowd()
        }
        Issue.record("\(what): \(answers)", sourceLocation: sourceLocation)
        return nil
    }
}

extension Operation {
    /// An entry with a ticket.
    fileprivate func entry(_ participant: String, _ ticket: String) -> HTTPRequest {
        entry(participant, members: "\"ticket\":\(JSON.literal(ticket))")
    }
}

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
                #expect(try #require(state["waiting"]?.integer) > Queue.crowd / 2, "\(state)")
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

        @Test("a pace outlives the process; the tickets of before are worth nothing")
        func restarted() throws {
            try withReplayedGateway { gateway in
                let operation = try gateway.openOperation(rule: "unlimited")
                let before = try Queue(at: operation, of: gateway)
                try gateway.kill()
                try gateway.start()
                let state = try gateway.state(of: operation)
                #expect(state["state"]?.string == "smoothed", "\(state)")
                #expect(state["waiting"]?.integer == 0, "\(state)")
                let after = try Queue(at: operation, of: gateway)
                try after.expectTheEnd("of before") { _ in
                    operation.entry(before.first, before.ticket)
                }
                #expect(try after.enterFirst().status == 201, "nobody has used that number")
            }
        }
    }
}

/// An operation under a pace of one entry a second, one who waits in front, and a crowd behind.
private struct Queue {
    /// Of numbers that nobody comes for, some twenty a second are called: it stands for a while.
    static let crowd = 1_000

    let operation: Operation
    let gateway: Gateway
    let first: String
    let ticket: String

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
        } while answer.status == 201 && number < 10
        expectProblem(answer, 429)
        #expect(answer.json["verdict"]?.string == "waiting", "\(answer)")
        #expect(answer.json["position"]?.integer == 0, "\(answer)")
        #expect(isTimestamp(answer.json["estimated_at"]?.string), "\(answer)")
        let wait = try #require(answer.json["retry_after"]?.double, "\(answer)")
        #expect(
            wait >= 1 && answer["retry-after"] == "\(Int(wait.rounded(.up)))", "\(answer)")
        first = "early-\(number)"
        ticket = try #require(answer.json["ticket"]?.string, "\(answer)")
        let connection = try gateway.connect()
        for batch in 1...10 {
            let entries = (1...(Self.crowd / 10)).map { operation.entry("crowd-\(batch)-\($0)") }
            try connection.send(entries.map(\.text).joined())
            for _ in entries { _ = try connection.receive() }
        }
    }

    /// Comes again with the ticket, as often as it is told to, until it is let in.
    func enterFirst() throws -> HTTPAnswer {
        var answer = try gateway.post(operation.entry(first, ticket))
        for _ in 1...10 where answer.status == 429 {
            #expect(answer.json["ticket"]?.string == ticket, "it keeps its place: \(answer)")
            let wait = try #require(answer.json["retry_after"]?.double, "\(answer)")
            pause(milliseconds: Int32(wait * 1_000) + 1)
            answer = try gateway.post(operation.entry(first, ticket))
        }
        return answer
    }

    /// Expects somebody to be put behind the crowd, with a ticket of his own.
    ///
    /// Where nobody comes who is called, as here, somebody without a ticket is let in every one and
    /// a half seconds. That is luck and no gain: whoever asks again at once is put at the end.
    @discardableResult
    func expectTheEnd(
        _ what: String, _ entry: (_ attempt: Int) -> HTTPRequest,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> HTTPAnswer? {
        var answers: [HTTPAnswer] = []
        for attempt in 1...2 {
            let answer = try gateway.post(entry(attempt))
            if answer.status == 429, answer.json["ticket"]?.string != ticket,
                try #require(answer.json["position"]?.integer) > Self.crowd / 4
            {
                return answer
            }
            answers.append(answer)
            if answer.status != 201 { break }
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

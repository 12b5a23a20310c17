import Contract
import Ledger
import Sockets
import TestSupport
import Time

@testable import Gateway

/// One operation of a simulated gateway, and participants who return when they are told, plus the
/// way of the request.
final class QueueWorld {
    struct Person {
        var arrived: Int64
        var ticket: UInt64 = 0
        var epoch: UInt64 = 0
        var admitted: Int64?
        /// As it was told last; before an opening there is neither.
        var position = UInt32.max
        var turnAt = Int64.max
    }

    let clock = SimulatedClock(Timestamp(milliseconds: 1_800_000_000_000))
    let random = SeededRandom(seed: 4_711)
    let disk: SimulatedDisk
    private(set) var gateway: SimulatedGateway
    private(set) var people: [Person] = []
    private(set) var verdicts: [EntryVerdict: Int] = [:]
    private(set) var steppedBack: [String] = []
    /// Whether turns may be told later than before.
    var mayPutOff = false
    /// When the operation opens, in milliseconds since 1970.
    let opening: Int64
    /// People by when they come, in milliseconds since 1970.
    private var coming: [Int64: [Int]] = [:]
    /// The next time that is looked at.
    private var next: Int64
    private var posted: [UInt32: Int] = [:]
    private var connections: UInt32 = 0
    private static let stepMilliseconds: Int64 = 10
    /// A turn may be told so much later: clocks in milliseconds, and turns of ten.
    private static let jitter: Int64 = 100

    /// - Parameter opensInMilliseconds: when the operation opens; nil for at once.
    init(opensInMilliseconds: Int64? = nil, start: StartOrder = .shuffled) throws {
        let now = clock.wallClock().milliseconds
        opening = now + (opensInMilliseconds ?? 0)
        next = now
        let disk = try SimulatedDisk()
        self.disk = disk
        gateway = try SimulatedGateway(disk: disk, clock: clock, random: random)
        try gateway.open("ete", policy: .advise)
        guard opensInMilliseconds != nil else { return }
        let settings = OperationSettings(
            client: "acme", title: "T", opens: Timestamp(milliseconds: opening), start: start,
            rule: .once, robots: .off, policy: .advise)
        try gateway.decide(
            .operation(.put(id: "ete", settings: settings, dataKeyID: "d-ete")))
    }

    private var now: Int64 { clock.wallClock().milliseconds }

    func add(_ count: Int, withinMilliseconds span: Int, startingAfter pause: Int64 = 0) {
        let times = (0..<count).map { _ in now + pause + Int64(random.below(span)) }.sorted()
        for time in times {
            people.append(Person(arrived: time))
            come(people.count - 1, at: time)
        }
    }

    /// Everybody sends a second request, without the ticket.
    func comeWithoutTickets() {
        for index in people.indices { come(index, at: now + 10, withTicket: false) }
    }

    private func come(_ index: Int, at time: Int64, withTicket: Bool = true) {
        coming[max(time, next), default: []].append(withTicket ? index : -1 - index)
    }

    func run(milliseconds: Int) throws {
        let end = now + Int64(milliseconds)
        while now < end {
            post()
            try gateway.step(nanoseconds: UInt64(Self.stepMilliseconds) * 1_000_000)
            for answer in gateway.loops[0].drainAnswers() { receive(answer) }
        }
    }

    /// The process is killed, and another one follows; whoever comes meanwhile comes again.
    func restart(afterMilliseconds away: Int) throws {
        clock.advance(byNanoseconds: UInt64(away) * 1_000_000)
        gateway = try SimulatedGateway(
            disk: disk, vault: gateway.vault, clock: clock, random: random)
        for index in posted.values { come(index, at: now + 500) }
        posted = [:]
    }

    private func post() {
        while next <= now {
            for code in coming.removeValue(forKey: next) ?? [] {
                let index = code < 0 ? -1 - code : code
                connections += 1
                var entry = SimulatedLoop.Entry(
                    operation: 0, key: 0, person: UInt64(index) + 1, connection: connections)
                if code >= 0 {
                    entry.ticket = people[index].ticket
                    entry.ticketEpoch = people[index].epoch
                }
                posted[connections] = index
                _ = gateway.loops[0].post(entry)
            }
            next += 1
        }
    }

    private func receive(_ answer: AnswerEnvelope) {
        guard let index = posted.removeValue(forKey: answer.connection.place) else { return }
        verdicts[answer.verdict, default: 0] += 1
        switch answer.verdict {
        case .accepted: people[index].admitted = now
        case .waiting, .waitingForOpening: wait(index, answer)
        case .suspended: come(index, at: now + 1_000 + Int64(random.below(2_000)))
        default: break
        }
    }

    private func wait(_ index: Int, _ answer: AnswerEnvelope) {
        let isFirst = people[index].epoch != answer.epoch
        if answer.verdict == .waiting {
            let (position, turnAt) = (people[index].position, people[index].turnAt)
            if !isFirst, people[index].ticket != answer.entry {
                steppedBack.append("\(people[index].ticket) became \(answer.entry)")
            }
            if answer.participant > position {
                steppedBack.append("\(answer) behind \(position)")
            }
            if !mayPutOff, answer.turnAt - Self.jitter > turnAt {
                steppedBack.append("\(answer) after \(turnAt)")
            }
            people[index].position = answer.participant
            people[index].turnAt = answer.turnAt
        }
        people[index].ticket = answer.entry
        people[index].epoch = answer.epoch
        let way = Int64(10 + random.below(200))
        come(index, at: now + Int64(answer.retryAfterMilliseconds) + way)
    }

    // MARK: Figures

    func longestBeyondIdeal(pace: Int) -> Int64 {
        var longest: Int64 = 0
        let first = people.map(\.arrived).min() ?? 0
        for (place, person) in people.enumerated() {
            guard let admitted = person.admitted else { return .max }
            let ideal = max(first + Int64(place * 1_000 / pace), person.arrived)
            longest = max(longest, admitted - ideal)
        }
        return longest
    }

    /// The share of pairs that were let in the wrong way round by more than a second.
    var disorder: Double {
        people.compactMap(\.admitted).disorder(beyond: 1_000)
    }
}

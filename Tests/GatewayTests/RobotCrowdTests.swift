import Foundation
import Robots
import RobotsCrowd
import TestSupport
import Testing

@testable import Gateway

@Suite(
    "A program with a browser's very headers is caught, and a house full of people is not",
    .onOwnThread)
struct RobotCrowdTests {
    /// One operation, and simulated entries that are sent to it by real connections, each at its
    /// moment by the sequencer's clock.
    private final class World {
        private let clock = FastForwardClock()
        private let gateway: TestGateway
        private let operation: TestOperation
        /// The browsers so far, by what the simulation tells them apart by.
        private var languages: [UInt32: String] = [:]
        private var connection: (session: UInt64, client: WireClient)?

        init(robots: String) throws {
            gateway = try TestGateway(clock: clock) { limits in
                limits.behaviourBytes = 8 << 20
                // Little work: a debug build makes a challenge in a moment.
                limits.challengeIterations = 2
                limits.challengeCounters = 20
            }
            operation = try gateway.open(
                "ete", "\"rule\":\"once\",\"policy\":\"advise\",\"robots\":\"\(robots)\"")
        }

        /// Sends an entry, on the connection of its session.
        func send(_ entry: SimulatedEntry) throws -> Answer {
            clock.advance(toMilliseconds: entry.milliseconds)
            let participant = try JSONEncoder().encode(entry.participant)
            let request = EntrySender.page(
                "{\"participant\":\(String(decoding: participant, as: UTF8.self))}",
                to: operation, language: language(of: entry.traits.head))
            return try client(of: entry.traits.session).exchange(request)
        }

        private func client(of session: UInt64) throws -> WireClient {
            if let connection, connection.session == session { return connection.client }
            let client = try gateway.connect()
            connection = (session, client)
            return client
        }

        /// What tells one browser's head from another's here.
        private func language(of head: UInt32) -> String {
            if let known = languages[head] { return known }
            let number = languages.count
            let tongues = ["fr-FR,fr", "en-US,en", "de-DE,de", "es-ES,es", "pt-PT,pt", "it-IT,it"]
            let share = "0.\(1 + number / tongues.count)"
            let language = "\(tongues[number % tongues.count]);q=0.9,en;q=\(share)"
            languages[head] = language
            return language
        }

        func robots() throws -> [String: Any] {
            try gateway.admin("GET", "/v1/operations/ete/robots").object
        }
    }

    @Test("500 people behind one address in five minutes: nobody refused, 1 % challenged at most")
    func house() throws {
        let world = try World(robots: "refuse")
        let entries = CrowdTrial(.first, .venueAlone(500)).entries(seed: 7)
            .filter { $0.milliseconds < 900_000 }.sorted { $0.milliseconds < $1.milliseconds }
        var verdicts: [String: Int] = [:]
        for entry in entries {
            let answer = try world.send(entry)
            let verdict = answer.object["verdict"] as? String
            verdicts[verdict ?? "\(answer.status)", default: 0] += 1
        }
        #expect((verdicts["accepted"] ?? 0) >= 495, "\(verdicts)")
        #expect(verdicts["refused"] == nil, "\(verdicts)")
        let stopped = verdicts.filter { !["accepted", "repeated"].contains($0.key) }
        #expect(stopped.values.reduce(0, +) <= 5, "\(verdicts)")
        // Judged they were: all who came, by all layers.
        let isCounted = try eventually {
            try world.robots()["attempts"] as? Int == entries.count
        }
        #expect(isCounted)
    }

    private static let attacks: [SimulatedAttack] =
        [.fixed, .poisson, .recorded].flatMap { pacing in
            [SimulatedAttack(.counted, pacing), SimulatedAttack(.tagged, pacing)]
        }

    @Test(
        "a replay of a browser's request, three pacings: stopped within 50 entries",
        arguments: RobotCrowdTests.attacks.indices)
    func replay(_ index: Int) throws {
        let world = try World(robots: "challenge")
        let entries = Self.attacks[index].entries(
            attacker: 0, crowd: .first, start: 0, seed: UInt64(index) + 1)
        var stopped: [Int] = []
        for (number, entry) in entries.enumerated() {
            let answer = try world.send(entry)
            // There may be no puzzle left: then it is 503, and challenged all the same.
            #expect([201, 403, 503].contains(answer.status), "\(answer)")
            if answer.status != 201 { stopped.append(number + 1) }
        }
        #expect(stopped.count >= 3, "\(Self.attacks[index].name): \(stopped)")
    }
}

import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("What was acknowledged survives the end of the process")
    struct CrashTests {
        /// How often the process is killed; PORTILLON_ROUNDS asks for more.
        static let rounds =
            ProcessInfo.processInfo.environment["PORTILLON_ROUNDS"].flatMap(Int.init) ?? 10

        @Test("kill -9 at any moment: nothing acknowledged is lost, nothing counted twice")
        func killed() throws {
            var seed = SeededGenerator.printed("kill -9, \(Self.rounds) rounds")
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                let writers = Writers()
                for round in 1...Self.rounds {
                    let connections = Int.random(in: 1...8, using: &seed)
                    writers.start(
                        connections, run: "r\(round)", port: gateway.port, operation: operation)
                    if round.isMultiple(of: 2) {
                        // Amid traffic, however busy the machine; else at any moment.
                        let before = writers.known.acknowledged.count
                        #expect(
                            eventually(withinSeconds: 60) {
                                writers.known.acknowledged.count > before + 4
                            })
                    }
                    pause(milliseconds: .random(in: 0...250, using: &seed))
                    try gateway.kill()
                    try #require(writers.join(), "the writers of round \(round) hang")
                    // Now and then the next start is killed too: recovery must bear that.
                    while Int.random(in: 0..<3, using: &seed) == 0 {
                        try gateway.launch()
                        pause(milliseconds: .random(in: 0...60, using: &seed))
                        try gateway.kill()
                    }
                    try gateway.start()
                    let isLast = round == Self.rounds
                    if isLast || round % 5 == 0 {
                        let faults = try gateway.faults(in: writers, of: operation)
                        try #require(faults == [], "round \(round)")
                    }
                }
                let known = writers.known
                print("kill -9: \(known.acknowledged.count) entries, \(known.refused) refused")
                #expect(known.acknowledged.count > Self.rounds, "the writers hardly wrote")
            }
        }

        @Test(
            "SIGTERM and SIGINT drain: answers that are due still come",
            arguments: [SIGTERM, SIGINT])
        func drained(signal: Int32) throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                let writers = Writers()
                writers.start(4, run: "w", port: gateway.port, operation: operation)
                let isBusy = eventually(withinSeconds: 30) {
                    writers.known.acknowledged.count > 100
                }
                #expect(isBusy)
                let idle = try gateway.connect()
                #expect(try gateway.stop(with: signal) == .exit(0), "\(gateway.errors)")
                #expect(writers.join())
                #expect(idle.isClosedByPeer(), "an idle connection does not hold the end up")
                try gateway.start()
                #expect(try gateway.faults(in: writers, of: operation) == [])
            }
        }

        @Test("a clean end and a start leave everything as it was, many times over")
        func restarted() throws {
            try withGateway { gateway in
                let operation = try gateway.openOperation()
                let writers = Writers()
                for round in 1...5 {
                    writers.start(
                        2, run: "r\(round)", port: gateway.port, operation: operation, limit: 50)
                    #expect(writers.join())
                    #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
                    try gateway.start()
                    #expect(try gateway.faults(in: writers, of: operation) == [], "round \(round)")
                }
                #expect(writers.known.acknowledged.count == 500)
            }
        }
    }
}

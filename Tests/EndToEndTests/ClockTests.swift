import Foundation
import TestSupport
import Testing

/// The wall clock of one gateway, by libfaketime: set as an administrator sets it, while the
/// monotonic clocks go on.
struct FakeClock {
    private let file: String

    init(for gateway: Gateway) throws {
        file = gateway.directory.path("clock")
        try set(forwardBySeconds: 0)
    }

    static let library: String? = {
        let folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib"]
        return folders.map { $0 + "/faketime/libfaketimeMT.so.1" }
            .first { FileManager.default.fileExists(atPath: $0) }
    }()

    var environment: [String: String] {
        [
            "LD_PRELOAD": Self.library ?? "", "FAKETIME_TIMESTAMP_FILE": file,
            "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        ]
    }

    func set(forwardBySeconds seconds: Int) throws {
        // Atomically means by rename, so the process never reads half of it.
        let sign = seconds < 0 ? "" : "+"
        try "\(sign)\(seconds)\n".write(toFile: file, atomically: true, encoding: .utf8)
    }
}

extension EndToEnd {
    @Suite(
        "A clock that is wrong at a start is not believed",
        .enabled(if: FakeClock.library != nil, "libfaketime is missing: ops/dependencies test"))
    struct ClockTests {
        private static let year = 365 * 86_400

        /// A gateway that was stopped, and starts again with another clock.
        private func restarted(
            forwardBySeconds seconds: Int, _ test: (Gateway, Operation, FakeClock) throws -> Void
        ) throws {
            let gateway = try Gateway()
            let clock = try FakeClock(for: gateway)
            gateway.clock = clock
            try gateway.start()
            let operation = try gateway.openOperation()
            #expect(try gateway.post(operation.entry("anna")).status == 201)
            #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
            try clock.set(forwardBySeconds: seconds)
            let process = try gateway.launch()
            let isUp = try eventually(withinSeconds: 30) {
                if process.poll() != nil { throw GatewayFailure(gateway.errors) }
                return readiness(of: gateway)?.contains("\"clock_unconfirmed\"") ?? false
            }
            #expect(isUp, "\(gateway.errors)")
            try test(gateway, operation, clock)
            #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
        }

        private func readiness(of gateway: Gateway) -> String? {
            // Refused is what a starting gateway does.
            try? gateway.adminConnection().exchange(HTTPRequest("GET", "/readyz").text).text
        }

        @Test(
            "a year ahead or behind: it waits, says so, and goes on when the clock is put right",
            arguments: [Self.year, -Self.year])
        func putRight(seconds: Int) throws {
            try restarted(forwardBySeconds: seconds) { gateway, operation, clock in
                let refused = try gateway.post(operation.entry("bert"))
                #expect(refused.status == 503 && refused["retry-after"] != nil, "\(refused)")
                let change = try gateway.admin(
                    "POST", "/v1/operations/\(operation.name)/close", "{}")
                #expect(change.status == 503, "\(change)")
                #expect(change.json["code"]?.string == "clock_unconfirmed", "\(change)")
                #expect(gateway.says("portillon clock confirm"), "\(gateway.errors)")
                try clock.set(forwardBySeconds: 0)
                let isReady = eventually(withinSeconds: 30) { gateway.answersReady() }
                #expect(isReady, "\(gateway.errors)")
                waitUntilFarFromMidnight()
                let taken = try gateway.post(operation.entry("bert"))
                #expect(taken.status == 201, "\(taken)")
                let now = Date.now.formatted(.iso8601).prefix(10)
                #expect(taken.json["at"]?.string?.hasPrefix(now) == true, "\(taken)")
            }
        }

        @Test("an operator confirms it, by the date that it shows")
        func confirmed() throws {
            try restarted(forwardBySeconds: Self.year) { gateway, operation, _ in
                waitUntilFarFromMidnight()
                let today = Date.now.formatted(.iso8601).prefix(10)
                let wrong = try gateway.say("clock", "confirm", "\(today)")
                #expect(wrong.ending == .exit(1), "\(wrong)")
                let shown = Date.now.addingTimeInterval(TimeInterval(Self.year))
                    .formatted(.iso8601).prefix(10)
                let right = try gateway.say("clock", "confirm", "\(shown)", "--json")
                #expect(right.ending == .exit(0), "\(right)")
                #expect(right.json["leap_seconds"]?.integer == 0, "\(right)")
                let isReady = eventually(withinSeconds: 30) { gateway.answersReady() }
                #expect(isReady, "\(gateway.errors)")
                let taken = try gateway.post(operation.entry("bert"))
                #expect(taken.json["at"]?.string?.hasPrefix(shown) == true, "\(taken)")
            }
        }
    }
}

import Foundation
import Synchronization
import TestSupport
import Testing

/// The wall clock of a gateway and of its probes, some twelve times as fast: a minute has as many
/// seconds as ever, and they pass sooner. Durations are measured by the monotonic clocks, which go
/// on as they are.
private final class FastClock: Sendable {
    private let ahead = Atomic<Int>(0)
    private let isStopped = Atomic<Bool>(false)

    init(_ clock: FakeClock) {
        Thread.detachNewThread { [self] in
            while !isStopped.load(ordering: .relaxed) {
                let seconds = ahead.add(1, ordering: .relaxed).newValue
                // A second that could not be written comes with the next one.
                try? clock.set(forwardBySeconds: seconds)
                pause(milliseconds: 85)
            }
        }
    }

    func stop() { isStopped.store(true, ordering: .relaxed) }

    /// Seconds since 1970, as the processes see them.
    var now: Double {
        Date().timeIntervalSince1970 + Double(ahead.load(ordering: .relaxed))
    }

    /// Waits for so many of its seconds.
    func pass(seconds: Double) {
        let end = now + seconds
        _ = eventually(withinSeconds: 180) { now >= end }
    }
}

extension EndToEnd {
    @Suite(
        "Probes measure from outside, and report what happened while the gateway was away (C10)",
        .enabled(if: FakeClock.library != nil, "libfaketime is missing: ops/dependencies test"))
    struct ProbeTests {
        private func probe(
            _ gateway: Gateway, _ clock: FakeClock, _ options: String...
        ) throws -> ChildProcess {
            var environment = ["PATH": "/usr/bin:/bin"]
            environment.merge(clock.environment) { $1 }
            return try ChildProcess(
                [
                    try Gateway.executable(), "probe", "--url",
                    "http://127.0.0.1:\(gateway.port)", "--file",
                    gateway.directory.path("probe.json"), "--name", "paris-1", "--admin",
                    "http://127.0.0.1:\(gateway.adminPort)", "--data", gateway.data,
                    // Sixty attempts and more in a fast minute.
                    "--interval-milliseconds", "50", "--state",
                    gateway.directory.path("minutes.json"),
                ] + options, environment: environment,
                output: gateway.directory.path("probe.out"),
                errors: gateway.directory.path("probe.err"))
        }

        /// The month of the platform.
        private func month(_ gateway: Gateway) throws -> JSON {
            let answer = try gateway.admin("GET", "/v1/availability")
            try #require(answer.status == 200, "\(answer)")
            return answer.json
        }

        private func accessible(_ gateway: Gateway) throws -> Int {
            try month(gateway)["ds_minutes"]?.integer ?? 0
        }

        /// Waits until one more minute has been found accessible.
        private func waitForAccessible(_ gateway: Gateway) throws {
            let before = try accessible(gateway)
            let isFound = try eventually(withinSeconds: 120) {
                pause(milliseconds: 200)
                return try accessible(gateway) > before
            }
            let now = try month(gateway)
            #expect(isFound, "\(now) \(gateway.directory.text("probe.err"))")
        }

        /// The starts of the minutes that were lost, in seconds since 1970, by what was found.
        private func lost(_ month: JSON, _ state: String) throws -> Set<Double> {
            var found: Set<Double> = []
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
            for period in month["lost"]?.elements ?? []
            where period["state"]?.string == state {
                let starts = try style.parse(period["starts"]?.string ?? "")
                let ends = try style.parse(period["ends"]?.string ?? "")
                for second in stride(
                    from: starts.timeIntervalSince1970, to: ends.timeIntervalSince1970, by: 60)
                {
                    found.insert(second)
                }
            }
            return found
        }

        /// The minutes that lie in an interval from their first second to their last.
        private func whole(_ from: Double, _ to: Double) -> Set<Double> {
            Set(stride(from: (from / 60).rounded(.up) * 60, through: to - 60, by: 60))
        }

        @Test("a gateway killed for 90 s is down afterwards; a probe that is gone is unmeasured")
        func killed() throws {
            let gateway = try Gateway()
            let clock = try FakeClock(for: gateway)
            gateway.clock = clock
            // A fast minute has five seconds: a busy machine measures some of it, and is slow.
            let policy = ["minute_minimum_attempts=5", "minute_slow_milliseconds=10000"]
                .flatMap { ["--policy", $0] }
            try gateway.start(options: policy)
            let setup = try gateway.say(
                "probe", "setup", "--out", gateway.directory.path("probe.json"))
            try #require(setup.ending == .exit(0), "\(setup)")
            let fast = FastClock(clock)
            defer { fast.stop() }
            var probe = try probe(gateway, clock)
            try waitForAccessible(gateway)

            let killedAt = fast.now
            try gateway.kill()
            fast.pass(seconds: 90)
            try gateway.start(options: policy)
            let backAt = fast.now
            try waitForAccessible(gateway)
            let down = try lost(month(gateway), "not_accessible")
            #expect(down.isSuperset(of: whole(killedAt, backAt)), "\(down)")
            #expect(down.isSubset(of: touched(killedAt, backAt)), "\(down)")
            #expect(!down.isEmpty, "90 s and the start: \(backAt - killedAt) s")

            let goneAt = fast.now
            probe.send(SIGKILL)
            _ = probe.wait(atMostSeconds: 30)
            // A whole minute is in it, wherever it begins.
            fast.pass(seconds: 130)
            let hereAt = fast.now
            probe = try self.probe(gateway, clock)
            try waitForAccessible(gateway)
            let measuredAt = fast.now
            let after = try month(gateway)
            let missing = try lost(after, "unmeasured").filter { $0 > backAt }
            #expect(missing.isSuperset(of: whole(goneAt, hereAt)), "\(missing)")
            #expect(!missing.isEmpty)
            #expect(missing.isSubset(of: touched(goneAt, measuredAt)), "\(missing)")
            #expect(try lost(after, "not_accessible") == down, "nothing else is down")

            probe.send(SIGTERM)
            #expect(probe.wait(atMostSeconds: 30) == .exit(0))
            let table = try gateway.say("availability")
            #expect(table.output.contains("measured"), "\(table)")
            #expect(try gateway.stop() == .exit(0))
            #expect(try gateway.records("fact.probe_minute").count >= 3)
            // A stranger's reader knows the records, too.
            #expect(try gateway.count().first { $0["operation"]?.string == "probe" } != nil)
        }

        /// The minutes that have a second in common with an interval.
        private func touched(_ from: Double, _ to: Double) -> Set<Double> {
            Set(stride(from: (from / 60).rounded(.down) * 60, through: to, by: 60))
        }

        @Test("setup again renews the permit and keeps the key; without one nothing is measured")
        func setup() throws {
            try withGateway { gateway in
                let path = gateway.directory.path("probe.json")
                for _ in 0..<2 {
                    let setup = try gateway.say("probe", "setup", "--out", path)
                    #expect(setup.ending == .exit(0), "\(setup)")
                }
                let keys = try gateway.admin("GET", "/v1/operations/probe/keys")
                #expect(keys.json["keys"]?.elements.count == 1, "\(keys)")
                let permits = try gateway.admin("GET", "/v1/permits").json["permits"]?.elements
                #expect(permits?.count == 2)
                for permit in permits ?? [] {
                    let id = try #require(permit["permit_id"]?.string)
                    _ = try gateway.admin("POST", "/v1/permits/\(id)/revoke", "{}")
                }
                let clock = try FakeClock(for: gateway)
                let probe = try probe(gateway, clock)
                let isSaid = eventually(withinSeconds: 30) {
                    gateway.directory.text("probe.err").contains("permit_revoked")
                }
                #expect(isSaid, "\(gateway.directory.text("probe.err"))")
                probe.send(SIGTERM)
                #expect(probe.wait(atMostSeconds: 30) == .exit(0))
                let state = try gateway.admin("GET", "/v1/operations/probe").json
                #expect(state["participants"]?.integer == 0, "a probe's entries count nowhere")
            }
        }
    }
}

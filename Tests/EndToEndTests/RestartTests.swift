import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

extension EndToEnd {
    @Suite("A restart under a supervisor is noticed by nobody")
    struct RestartTests {
        /// How often it is restarted; PORTILLON_ROUNDS asks for more.
        static let rounds =
            ProcessInfo.processInfo.environment["PORTILLON_ROUNDS"].flatMap(Int.init) ?? 3

        @Test("entries over kept and new connections: none fails, none is lost, none twice")
        func restarts() throws {
            // Longer than a machine stands still: who is silent for the notice is closed.
            let options = [
                "--workers", "2", "--limit", "drain_notice_milliseconds=12000", "--limit",
                "drain_seconds=40",
            ]
            try withSupervisedGateway(options: options) { gateway in
                let operation = try gateway.openOperation()
                let visitors = Visitors(port: gateway.port, operation: operation)
                visitors.start(6)
                for _ in 1...Self.rounds {
                    pause(milliseconds: 100)
                    let before = visitors.writers.known.acknowledged.count
                    #expect(
                        eventually(withinSeconds: 30) {
                            visitors.writers.known.acknowledged.count > before + 20
                        })
                    #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
                    try gateway.start(options: options)
                }
                visitors.stop()
                #expect(visitors.join(), "a visitor hangs")
                #expect(visitors.failures == [])
                #expect(try gateway.faults(in: visitors.writers, of: operation) == [])
            }
        }

        @Test("who connects while nobody accepts waits, and is answered by the next process")
        func waits() throws {
            try withSupervisedGateway { gateway in
                let operation = try gateway.openOperation()
                #expect(try gateway.stop() == .exit(0))
                let early = try (0..<20).map { number in
                    let connection = try gateway.connect()
                    try connection.send(operation.entry("early-\(number)").text)
                    return connection
                }
                try gateway.start()
                for connection in early { #expect(try connection.receive().status == 201) }
            }
        }

        @Test("the next process waits for the journal of the one that still drains")
        func waitsForTheLock() throws {
            let first = try Gateway()
            try first.start()
            let operation = try first.openOperation()
            let second = try Gateway()
            let waiting = try second.launch(
                options: ["--data", first.data, "--limit", "lock_seconds=120"])
            let isWaiting = eventually(withinSeconds: 30) {
                second.errors.contains("waiting for it to exit")
            }
            #expect(isWaiting, "\(second.errors)")
            #expect(try first.post(operation.entry("a")).status == 201)
            #expect(try first.stop() == .exit(0))
            #expect(eventually(withinSeconds: 120) { second.answersReady() }, "\(second.errors)")
            #expect(try second.post(operation.entry("a")).status == 200)
            #expect(waiting.poll() == nil)
            #expect(try second.stop() == .exit(0))
        }

        @Test("sockets that are none stop the start, with a sentence")
        func wrongSockets() throws {
            for (name, value, part) in [
                ("LISTEN_FDS", "3", "LISTEN_FDNAMES has 2 names for 3 descriptors"),
                ("LISTEN_FDS", "many", "LISTEN_FDS must be a whole number"),
                ("LISTEN_FDNAMES", "public:telnet", "telnet"),
                ("LISTEN_FDNAMES", "admin:admin", "only one socket can be admin"),
            ] {
                let gateway = try Gateway()
                gateway.supervisor = try TestSupervisor(for: gateway)
                gateway.supervisor?.environment[name] = value
                #expect(try gateway.ending() == .exit(78), "\(gateway.errors)")
                #expect(gateway.says(part), "\(gateway.errors)")
            }
            let gateway = try Gateway()
            gateway.supervisor = try TestSupervisor(for: gateway)
            gateway.supervisor?.environment["LISTEN_FDS"] = "3"
            gateway.supervisor?.environment["LISTEN_FDNAMES"] = "public:admin:public"
            #expect(try gateway.ending() == .exit(78), "\(gateway.errors)")
            #expect(gateway.says("descriptor 5"), "\(gateway.errors)")
        }

        @Test("it says that it is ready, that it lives, that it reloads and that it stops")
        func says() throws {
            try withSupervisedGateway(watchdogSeconds: 0.4) { gateway in
                let supervisor = try #require(gateway.supervisor)
                var heard: [String] = []
                func hears(_ text: String) -> Bool {
                    eventually(withinSeconds: 30) {
                        heard += supervisor.heard()
                        return heard.contains { $0.contains(text) }
                    }
                }
                #expect(hears("READY=1\nSTATUS=Accepting entries on 127.0.0.1:\(gateway.port)"))
                #expect(hears("WATCHDOG=1"))
                heard = []
                gateway.process?.send(SIGHUP)
                #expect(hears("RELOADING=1\nMONOTONIC_USEC="))
                #expect(hears("READY=1"))
                #expect(try gateway.stop() == .exit(0))
                #expect(hears("STOPPING=1"))
                try gateway.start()
            }
        }

        @Test(
            "a thread that hangs is not vouched for",
            .enabled(if: unsafe access("/usr/bin/strace", X_OK) == 0, "strace is not installed"),
            arguments: zip(
                ["worker-0", "admin", "sequencer", "pulse"],
                // A loop's `read` may be the allocator's, which holds up all other threads.
                ["epoll_wait,epoll_pwait2", "epoll_wait,epoll_pwait2", "poll,read", "poll,read"]))
        func watchdog(thread: String, calls: String) throws {
            try withSupervisedGateway(watchdogSeconds: 1) { gateway in
                let supervisor = try #require(gateway.supervisor)
                let process = try #require(gateway.process)
                let isVouchedFor = eventually(withinSeconds: 30) {
                    supervisor.heard().contains("WATCHDOG=1")
                }
                #expect(isVouchedFor)
                // A thread has its name when it first runs, which may be later than that.
                #expect(
                    try eventually(withinSeconds: 30) { try gateway.threads()[thread] != nil })
                let identifier = try #require(try gateway.threads()[thread])
                // Each of its calls takes a minute longer.
                func hold() throws -> ChildProcess {
                    try ChildProcess(
                        [
                            "/usr/bin/strace", "-p", identifier, "-e",
                            "inject=\(calls):delay_enter=60s",
                        ],
                        environment: [:], output: gateway.directory.path("strace.out"),
                        errors: gateway.directory.path("strace.err"))
                }
                var delay = try hold()
                let isAttached = eventually(withinSeconds: 30) {
                    gateway.directory.text("strace.err").contains("attached")
                }
                #expect(isAttached, "\(gateway.directory.text("strace.err"))")
                // A worker that sleeps in such a call is woken, and comes to the next one.
                let visitor = try gateway.connect()
                try visitor.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
                // A busy machine may have held up another one before that.
                let isSeen = try eventually(withinSeconds: 30) {
                    // strace ends with "has delayed wait data set already" now and then.
                    if delay.poll() != nil { delay = try hold() }
                    return gateway.errors.split(separator: "\n").last {
                        $0.contains("\"thread\":")
                    }?.contains("\"thread\":\"\(thread)\"") == true
                }
                #expect(isSeen, "\(gateway.errors) \(gateway.directory.text("strace.err"))")
                _ = supervisor.heard()
                pause(milliseconds: 1_100)
                #expect(!supervisor.heard().contains("WATCHDOG=1"))
                // As a supervisor does it.
                process.send(SIGKILL)
                delay.send(SIGKILL)
                _ = delay.wait(atMostSeconds: 30)
                #expect(try gateway.stop(with: SIGKILL) == .signal(SIGKILL))
            }
        }

        @Test("SIGHUP takes limits and the token, says what needs a restart, and refuses nonsense")
        func reloads() throws {
            let gateway = try Gateway()
            let path = gateway.directory.path("portillon.json")
            func says(_ text: String) -> Bool {
                eventually(withinSeconds: 30) { gateway.errors.contains(text) }
            }
            func write(_ text: String) throws {
                try text.write(toFile: path, atomically: true, encoding: .utf8)
            }
            try write(#"{"limits":{"entry_body_bytes":16384}}"#)
            try gateway.start(options: ["--config", path, "--workers", "1"])
            let operation = try gateway.openOperation()
            let long = operation.entry(
                "a", members: "\"fields\":{\"x\":\"\(String(repeating: "x", count: 1_000))\"}")
            let kept = try gateway.connect()
            #expect(try kept.exchange(long.text).status == 201)

            let changed = #""entry_body_bytes":800,"fields_bytes":200"#
            try write(#"{"limits":{\#(changed),"journal_batch_bytes":524288}}"#)
            gateway.process?.send(SIGHUP)
            #expect(says("needs a restart"))
            #expect(gateway.says("limits.journal_batch_bytes"))
            #expect(try kept.exchange(long.text).status == 413, "on a connection that was open")
            #expect(try gateway.post(long).status == 413)

            try write(#"{"limits":{"entry_body_bytes":1}}"#)
            gateway.process?.send(SIGHUP)
            #expect(says("the settings in force stay"))
            #expect(try gateway.post(long).status == 413)

            try write(#"{"limits":{"entry_body_bytes":16384}}"#)
            let token = "at_" + String(repeating: "z", count: 40)
            try token.write(
                toFile: gateway.data + "/admin.token", atomically: true, encoding: .utf8)
            // A token that others can read is refused.
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o600], ofItemAtPath: gateway.data + "/admin.token")
            gateway.process?.send(SIGHUP)
            #expect(says("admin.token"))
            #expect(try gateway.post(long).status == 200)
            let asked = HTTPRequest(
                "GET", "/v1/operations", [(name: "Authorization", value: "Bearer \(token)")])
            let admin = try HTTPConnection(port: gateway.adminPort)
            #expect(try admin.exchange(asked.text).status == 200)
            #expect(try gateway.stop() == .exit(0))
        }
    }
}

/// Front ends that come and go: each sends some entries over one connection, as a correct client
/// does it, then connects again.
private final class Visitors: Sendable {
    let writers = Writers()
    private let port: UInt16
    private let operation: Operation
    private let isStopped = Atomic(false)
    private let finished = DispatchGroup()
    private let failed = Mutex<[String]>([])

    init(port: UInt16, operation: Operation) {
        self.port = port
        self.operation = operation
    }

    var failures: [String] { failed.withLock { $0 } }

    func start(_ count: Int) {
        for number in 0..<count {
            finished.enter()
            Thread.detachNewThread { [self] in
                defer { finished.leave() }
                var count = 0
                while !isStopped.load(ordering: .relaxed) {
                    visit("\(number)", entries: number + 1, &count)
                    pause(milliseconds: 1)
                }
            }
        }
    }

    /// One connection; it ends where the answer says so.
    private func visit(_ name: String, entries: Int, _ count: inout Int) {
        do {
            let connection = try HTTPConnection(port: port)
            for _ in 0..<entries {
                let participant = "\(name)-\(count)"
                let answer = try connection.exchange(operation.entry(participant).text)
                writers.record(answer, of: participant)
                count += 1
                if answer.status != 201 { failed.withLock { $0.append("\(answer)") } }
                if answer["connection"] == "close" { return }
            }
        } catch {
            failed.withLock { $0.append("\(name)-\(count): \(error)") }
            count += 1
        }
    }

    func stop() { isStopped.store(true, ordering: .relaxed) }

    func join() -> Bool { finished.wait(timeout: .now() + 180) == .success }
}

extension Gateway {
    /// The numbers of the process's threads, by name.
    fileprivate func threads() throws -> [String: String] {
        guard let process else { throw GatewayFailure("it was not started") }
        let folder = "/proc/\(process.identifier)/task"
        var found: [String: String] = [:]
        for number in try FileManager.default.contentsOfDirectory(atPath: folder) {
            // A thread may have ended since it was listed.
            let name = try? String(contentsOfFile: "\(folder)/\(number)/comm", encoding: .utf8)
            if let name { found[name.trimmingCharacters(in: .newlines)] = number }
        }
        return found
    }
}

/// Like ``withGateway(options:_:)``, with a supervisor that keeps the sockets.
private func withSupervisedGateway(
    options: [String] = [], watchdogSeconds: Double? = nil, _ test: (Gateway) throws -> Void
) throws {
    let gateway = try Gateway()
    gateway.supervisor = try TestSupervisor(for: gateway, watchdogSeconds: watchdogSeconds)
    try gateway.start(options: options)
    try test(gateway)
    if let process = gateway.process {
        #expect(process.poll() == nil, "the gateway ended on its own: \(gateway.errors)")
        #expect(try gateway.stop() == .exit(0), "SIGTERM: \(gateway.errors)")
    }
}

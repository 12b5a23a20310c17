import Dispatch
import Foundation
import Glibc
import Synchronization
import Testing

@testable import Threads

@Suite("A thread is joined once, whoever asks and however often")
struct SystemThreadTests {
    /// Runs a body on several threads, twice on each.
    private func ask(_ body: @escaping @Sendable () -> Void) throws -> DispatchGroup {
        let asked = DispatchGroup()
        for _ in 0..<Self.askers {
            asked.enter()
            _ = try SystemThread(name: "asker") {
                body()
                body()
                asked.leave()
            }
        }
        return asked
    }

    private static let askers = 4

    /// Waits, half a minute at most, until each thread that asks sleeps in the kernel.
    private func eventuallyAllWait() throws -> Bool {
        let began = ContinuousClock.now
        while ContinuousClock.now - began < .seconds(30) {
            let states = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")
                .compactMap { thread -> Character? in
                    // One that has ended meanwhile does not wait.
                    let stat = try? String(
                        contentsOfFile: "/proc/self/task/\(thread)/stat", encoding: .utf8)
                    guard let stat, let end = stat.firstRange(of: " (asker) ") else { return nil }
                    return stat[end.upperBound...].first
                }
            if states.count == Self.askers, states.allSatisfy({ $0 == "S" }) { return true }
            usleep(1_000)
        }
        return false
    }

    /// A thread that is asked to stop, and stops when the test says so.
    private final class Stubborn: Sendable {
        let thread = StoppableThread()
        let isAsked = DispatchSemaphore(value: 0)
        let mayEnd = DispatchSemaphore(value: 0)
        private let hasEnded = Atomic<Bool>(false)
        private let early = Atomic<Int>(0)

        /// How many came back from ``stop()`` although it went on.
        var cameBackEarly: Int { early.load(ordering: .acquiring) }

        func start() throws {
            try thread.start(name: "stubborn") { self.run() }
        }

        private func run() {
            while !thread.isStopping { usleep(1_000) }
            isAsked.signal()
            mayEnd.wait()
            hasEnded.store(true, ordering: .releasing)
        }

        func stop() {
            thread.stop {}
            if !hasEnded.load(ordering: .acquiring) { early.add(1, ordering: .releasing) }
        }
    }

    @Test("stop() from several threads, twice: each comes back after the end")
    func stopped() throws {
        let stubborn = Stubborn()
        try stubborn.start()
        let asked = try ask { stubborn.stop() }
        stubborn.isAsked.wait()
        #expect(try eventuallyAllWait(), "whoever does not wait for the end has ended by now")
        #expect(!stubborn.thread.hasEnded)
        stubborn.mayEnd.signal()
        #expect(asked.wait(timeout: .now() + 30) == .success)
        #expect(stubborn.cameBackEarly == 0)
        #expect(stubborn.thread.hasEnded)
    }

    @Test("many short threads, each joined by several at once")
    func joined() throws {
        for _ in 0..<200 {
            let thread = try SystemThread(name: "joined") {}
            let asked = try ask { thread.join() }
            #expect(asked.wait(timeout: .now() + 30) == .success)
            #expect(thread.hasEnded)
        }
    }

    @Test("one that nobody joins gives its stack back to the system")
    func dropped() throws {
        let done = DispatchSemaphore(value: 0)
        // A stack is 8 MiB of addresses: kept until somebody joins, they would be 16 GiB.
        for _ in 0..<2_000 {
            _ = try SystemThread(name: "dropped") { done.signal() }
            done.wait()
        }
        let size = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
            .split(separator: "\n").first { $0.hasPrefix("VmSize:") }
        let kibibytes = try #require(size.flatMap { Int($0.filter(\.isNumber)) })
        #expect(kibibytes < 12 << 20)
    }

    /// What a thread finds out about itself.
    private final class Finding: Sendable {
        private let found = Mutex<(name: String, blocked: UInt64)>(("", 0))

        var name: String { found.withLock { $0.name } }

        func look() {
            // What cannot be read is not what the test expects.
            let name = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
            // As above.
            let status = try? String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)
            let line = status?.split(separator: "\n").first { $0.hasPrefix("SigBlk:") }
            let blocked = line.flatMap { UInt64($0.suffix(16), radix: 16) }
            found.withLock { $0 = (name ?? "", blocked ?? 0) }
        }

        func blocks(_ signal: Int32) -> Bool {
            found.withLock { $0.blocked } >> UInt64(signal - 1) & 1 == 1
        }
    }

    @Test("it has its name, and blocks signals but those of a fault")
    func named() throws {
        let finding = Finding()
        try SystemThread(name: "a-name") { finding.look() }.join()
        #expect(finding.name == "a-name\n")
        #expect(finding.blocks(SIGTERM) && finding.blocks(SIGHUP) && finding.blocks(SIGUSR1))
        #expect(!finding.blocks(SIGSEGV) && !finding.blocks(SIGABRT))
    }
}

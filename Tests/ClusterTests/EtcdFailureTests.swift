import Cluster
import ClusterTesting
import Synchronization
import Testing

@Suite(
    "A log in three etcds, one of which fails", .serialized,
    .enabled(if: EtcdServers.isInstalled, "\(EtcdServers.skipReason)"))
struct EtcdFailureTests {
    @Test("the leader is killed while batches are appended: none is lost, none doubled")
    func leaderKilled() async throws {
        let servers = try EtcdServers(3)
        try #require(servers.leader() != nil, "etcd does not start: \(servers.log(0))")
        let writer = Writer(servers.endpoints)
        let writing = Task.detached { try writer.run() }
        for round in 1...2 {
            #expect(await eventually { writer.stored.load(ordering: .relaxed) >= 60 * round })
            let leader = try #require(servers.leader())
            servers.kill(leader)
            // So many again without it: the others have elected one of themselves.
            #expect(await eventually { writer.stored.load(ordering: .relaxed) >= 60 * round + 30 })
            try servers.start(leader)
        }
        writer.shallStop.store(true, ordering: .relaxed)
        let count = try await writing.value
        #expect(writer.fenced.load(ordering: .relaxed) == 0)
        // The member that was killed last may still be starting.
        var log = EtcdLog(servers.endpoints, .none, Writer.options(trySeconds: 30))
        let found = try log.readAll(from: 1)
        #expect(found?.count == count)
        #expect(found == (1...count).map { .init(first: UInt64($0), batch: Writer.batch($0)) })
    }

    @Test("a process's next way to etcd begins at the member that answered one of them last")
    func prefersWhoAnswered() throws {
        let servers = try EtcdServers(1)
        try #require(servers.leader() != nil, "etcd does not start: \(servers.log(0))")
        let absent = EtcdEndpoint(isSecure: false, host: "127.0.0.1", port: 1)
        let endpoints = [absent] + servers.endpoints
        // An etcd that is slow to answer is not an absent one.
        let options = Writer.options(trySeconds: 30)
        var first = EtcdLog(endpoints, .none, options)
        #expect(throws: ReplicatedLogError.self) { _ = try first.owner() }
        #expect(try first.owner() == nil)
        var second = EtcdLog(endpoints, .none, options)
        #expect(try second.owner() == nil, "at once")
    }

    @Test("a store that is full refuses nothing for good: neither an append nor a claim")
    func isFull() throws {
        let servers = try EtcdServers(1, options: ["--quota-backend-bytes", "\(8 << 20)"])
        try #require(servers.leader() != nil, "etcd does not start: \(servers.log(0))")
        // A slow answer is not what a store that is full says.
        var log = EtcdLog(servers.endpoints, .none, Writer.options(trySeconds: 60))
        let me = try LogContract.owner("a", 1)
        try Writer.claim(&log, as: me)
        let batch = [UInt8](repeating: 1, count: EtcdLimits.batchBytes)
        func reason(_ body: () throws(ReplicatedLogError) -> Void) -> String? {
            do throws(ReplicatedLogError) {
                try body()
                return nil
            } catch {
                return error.mayPass ? "\(error)" : "final: \(error)"
            }
        }
        var found: String?
        for first in 1...20 where found == nil {
            found = reason { () throws(ReplicatedLogError) in
                _ = try log.append(bytes: batch, first: UInt64(first), as: me)
            }
        }
        #expect(
            found?.hasSuffix("space exceeded") == true && found?.hasPrefix("final") == false,
            "\(found ?? "it took all")")
        var other = EtcdLog(servers.endpoints, .none, Writer.options(trySeconds: 60))
        let next = try LogContract.owner("b", 2)
        let claimed = reason { () throws(ReplicatedLogError) in
            _ = try other.claim(next, after: me)
        }
        #expect(claimed?.hasPrefix("final") == false, "\(claimed ?? "it was claimed")")
        // What writes nothing goes on: as a SeededEngine has it.
        #expect(try other.owner() == me)
        try other.delete("x")
    }

    @Test("without a majority nothing is stored; with it again, the same append is stored once")
    func majorityLost() throws {
        let servers = try EtcdServers(3)
        try #require(servers.leader() != nil, "etcd does not start: \(servers.log(0))")
        var log = EtcdLog(servers.endpoints, .none, Writer.options())
        let me = try LogContract.owner("a", 1)
        try Writer.claim(&log, as: me)
        servers.kill(0)
        servers.kill(1)
        var tries = 0
        do throws(ReplicatedLogError) {
            _ = try log.appendUntilKnown(bytes: [1], first: 1, as: me) {
                tries += 1
                return tries == 4
            }
            Issue.record("one of three stored it alone")
        } catch {
            guard case .unknown = error else { throw error }
        }
        try servers.start(0)
        try servers.start(1)
        let limit = Waiting(seconds: 120)
        let outcome = try log.appendUntilKnown(bytes: [1], first: 1, as: me) { limit.isOver }
        #expect(outcome == .stored)
        var reader = EtcdLog(servers.endpoints, .none, Writer.options(trySeconds: 30))
        let found = try reader.readAll(from: 1)
        #expect(found == [.init(first: 1, batch: [1])])
    }

    /// Waits for a cause, and two minutes at most.
    private func eventually(_ holds: () -> Bool) async -> Bool {
        let limit = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < limit {
            if holds() { return true }
            try? await Task.sleep(for: .milliseconds(5))  // cancelled: the loop looks again
        }
        return holds()
    }
}

/// Appends one batch after the other until it is told to stop.
private final class Writer: Sendable {
    let stored = Atomic(0)
    let fenced = Atomic(0)
    let shallStop = Atomic(false)
    private let endpoints: [EtcdEndpoint]

    init(_ endpoints: [EtcdEndpoint]) {
        self.endpoints = endpoints
    }

    /// - Parameter trySeconds: short where it is to be found out that a member is gone.
    static func options(trySeconds: Double = 1) -> EtcdLog.Options {
        var options = EtcdLog.Options()
        options.trySeconds = trySeconds
        return options
    }

    /// Claims the log, again if a slow answer left it open whether it was claimed.
    static func claim(_ log: inout EtcdLog, as me: LogOwner) throws {
        let limit = Waiting(seconds: 120)
        while !limit.isOver {
            do throws(ReplicatedLogError) {
                if try log.claim(me, after: nil) { return }
            } catch {
                guard case .unknown = error else { throw error }
            }
        }
        Issue.record("the log could not be claimed")
    }

    static func batch(_ number: Int) -> [UInt8] { Array("batch \(number)".utf8) }

    /// - Returns: how many were acknowledged.
    func run() throws -> Int {
        var log = EtcdLog(endpoints, .none, Self.options())
        let me = try LogContract.owner("a", 1)
        try Self.claim(&log, as: me)
        let limit = Waiting(seconds: 300)
        var next = 1
        while !shallStop.load(ordering: .relaxed) {
            let outcome = try log.appendUntilKnown(
                bytes: Self.batch(next), first: UInt64(next), as: me
            ) { limit.isOver }
            guard outcome == .stored else {
                fenced.add(1, ordering: .relaxed)
                break
            }
            stored.store(next, ordering: .relaxed)
            next += 1
        }
        return next - 1
    }
}

import Glibc
import Sockets
import TestSupport
import Testing
import Time

@testable import Gateway
@testable import Sockets

@Suite("How long bytes lie unread, with sockets", .onOwnThread)
struct UnreadWaitTests {
    @Test("the kernel says of the bytes of a harvest that they came since the one before")
    func agreesWithKernel() throws {
        let listener = try Listener(on: try #require(SocketAddress("127.0.0.1:0")))
        let client = try WireClient(port: listener.addresses[0].port)
        let descriptor = try accepted(listener)
        defer { close(descriptor) }
        var poller = try Poller()
        let token = EventToken(place: 3, generation: 1)
        try poller.add(descriptor, token: token)
        while poller.wait(timeoutMilliseconds: 0) > 0 {}
        var arrivals = ArrivalEstimate()
        let before = SystemClock.monotonicNanoseconds()
        arrivals.record(at: before, isComplete: true)
        usleep(30_000)
        try client.send("x")
        usleep(60_000)
        let count = poller.wait(timeoutMilliseconds: 30_000)
        try #require(count == 1)
        #expect(poller.event(0).token == token && poller.event(0).isReadable)
        let now = SystemClock.monotonicNanoseconds()
        let told = try millisecondsSinceReceived(descriptor)
        let since = SystemClock.monotonicNanoseconds()
        // The kernel counts in ticks of its clock, 10 ms at most.
        let tick: UInt64 = 10_000_000
        #expect(told * 1_000_000 <= since - before + tick, "not before the last harvest")
        let arrivedAt = arrivals.arrival(at: now, busyUntil: now)
        let estimated = Int64(now - arrivedAt)
        let off = (estimated - Int64(told) * 1_000_000).magnitude
        // The kernel was asked a little later, by as much as this thread stood still in between.
        let later = since - now
        #expect(off <= (now - before) / 2 + later + tick, "half of the time between at most")
    }

    private func accepted(_ listener: borrowing Listener) throws -> Int32 {
        var entry = pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0)
        let count = unsafe poll(&entry, 1, 30_000)
        try #require(count == 1, "a connection")
        guard case .accepted(let descriptor, _) = listener.accept() else {
            throw WireClient.Ending.finished
        }
        return descriptor
    }

    /// `tcpi_last_data_recv` of `TCP_INFO` (linux/tcp.h).
    private func millisecondsSinceReceived(_ descriptor: Int32) throws -> UInt64 {
        var info = [UInt32](repeating: 0, count: 32)
        var length = socklen_t(info.count * MemoryLayout<UInt32>.size)
        let result = unsafe getsockopt(descriptor, Int32(IPPROTO_TCP), 11, &info, &length)
        try #require(result == 0 && length >= 56, "TCP_INFO: \(errno)")
        return UInt64(info[13])
    }

    @Test(
        "a crowd at a real loop: everybody is answered, and how long they waited is told",
        .enabled(if: Descriptor.raiseLimit() >= 4_096, "two descriptors a connection"))
    func crowd() throws {
        let gateway = try TestGateway { $0.connections = 1_500 }
        let crowded = try gateway.open("ete", "\"rule\":\"unlimited\"")
        let other = try gateway.open("voisin", "\"rule\":\"unlimited\"")
        let clients = try (0..<1_200).map { _ in try gateway.connect() }
        let lone = try gateway.connect()
        for _ in 0..<2 {
            for client in clients { try client.send(crowded.entry("p")) }
            #expect(try lone.exchange(other.entry("p")).status == 201)
            for client in clients {
                let answer = try client.receive()
                try #require(answer.status == 201)
            }
        }
        #expect(try gateway.counts(of: crowded)["entries"] == 2_400)
        #expect(try gateway.metric("portillon_unread_wait_seconds_sum") > 0)
        // The last ones are recorded with the next beat of the pulse.
        var count = 0.0
        let isRecorded = try eventually {
            count = try gateway.metric("portillon_unread_wait_seconds_count")
            return count >= 2_402
        }
        #expect(isRecorded && count == 2_402, "\(count)")
    }
}

import Bytes
import ClusterTesting
import LockFree
import Sockets
import Synchronization
import Testing
import Time

@testable import Cluster

/// One thread serves all links of a leader.
@Suite("A node that sends faster than its leader reads")
struct LinkTurnTests {
    /// Counts the bytes of entries, by the lane.
    private final class Counted: LinkedEntries {
        private let taken = Mutex<[Int]>([])
        let bells: [Doorbell] = []
        let hasAnswers = false
        let credit: UInt32 = .max

        var bytes: [Int] { taken.withLock { $0 } }

        func open() -> Int? {
            taken.withLock { taken in
                taken.append(0)
                return taken.count - 1
            }
        }
        func isQuiet(_ lane: Int) -> Bool { true }
        func close(_ lane: Int) {}
        func take(_ entry: RawSpan, into lane: Int, at now: UInt64) -> Bool {
            taken.withLock { $0[lane] += entry.byteCount }
            return true
        }
        func passOn() {}
        func appendAnswers(of lane: Int, limitBytes: Int, to frame: inout ByteBuffer) -> Int { 0 }
        func leaves(atMost count: UInt64) -> Range<UInt64> { 0..<0 }
        func note(sample: RawSpan, of node: String, at now: UInt64) -> Bool { true }
    }

    /// The leader has closed the link.
    private struct Gone: Error {}

    /// A link of a node, whose socket is filled.
    private struct Sender: ~Copyable {
        private var table = ConnectionTable(capacity: 1)
        private let slot: UInt32
        /// Of the frame in hand.
        private var rest = ByteBuffer(capacity: 8 << 10)
        private(set) var sentBytes = 0

        init(_ node: String, to address: SocketAddress) throws {
            slot = try table.link(to: address, .none, Waiting(seconds: 60))
            EntryHello(node: node, term: 1).append(to: &rest)
        }

        /// Sends entries until the kernel takes no more, or so many bytes have gone.
        mutating func send(atMost bytes: Int = .max) throws {
            let limit = sentBytes + min(bytes, .max - sentBytes)
            while sentBytes < limit {
                if rest.count == 0 {
                    let start = rest.beginFrame(.entries)
                    [UInt8](repeating: 7, count: 4_000).withBytes { rest.append(item: $0) }
                    rest.endFrame(at: start, count: 1)
                }
                guard let count = table[slot].send(rest.bytes) else { throw Gone() }
                guard count > 0 else { return }
                rest.removeFirst(count)
                sentBytes += count
            }
        }
    }

    @Test("a turn reads a bounded part of each link, and the others have theirs in the same turn")
    func isBounded() throws {
        let listener = try Listener(on: try #require(SocketAddress("127.0.0.1:0")))
        let address = listener.address
        let status = ClusterStatus(node: "a")
        status.office = 1
        let entries = Counted()
        var links = try Links(listener, status, .none, try Doorbell(), nil)
        links.lend(entries, nil)
        let isNews = Atomic<Bool>(false)
        func turn() { links.turn(isNews) { true } }
        var fast = try Sender("b", to: address)
        try fast.send(atMost: 1)
        var other = try Sender("c", to: address)
        try other.send(atMost: 1)
        let limit = Waiting(seconds: 60)
        while entries.bytes.count < 2, !limit.isOver { turn() }
        try #require(entries.bytes.count == 2)
        // One link's part of a turn, and what was there of a frame.
        let part = Links.readsAtOnce * (64 << 10) + (8 << 10)
        try fast.send()
        try other.send(atMost: 12_000)
        try #require(
            fast.sentBytes > part + (32 << 10), "the kernel keeps more than one turn reads")
        let before = entries.bytes
        turn()
        let after = entries.bytes
        #expect(after[0] - before[0] <= part, "of \(fast.sentBytes) bytes")
        #expect(after[1] > before[1], "the other one is read in the same turn")
        // The rest is read without any further event, however fast more comes.
        for _ in 0..<20 {
            let before = entries.bytes[0]
            try fast.send()
            turn()
            #expect(entries.bytes[0] - before <= part)
        }
        while entries.bytes[0] < fast.sentBytes / 4_016 * 4_000 - 8_000, !limit.isOver { turn() }
        #expect(entries.bytes[0] >= fast.sentBytes / 4_016 * 4_000 - 8_000)
    }
}

import Bytes
import Cluster
import Log
import Sockets
import TestSupport
import Testing
import Time

@Suite("Batches of a journal go over a link to a node that lacks them")
struct BatchLinkTests {
    /// A node with so many batches of a record each.
    private func node(_ count: Int, bytes: Int = 3_000, batchBytes: Int = 16 << 10) throws
        -> ServingNode
    {
        try ServingNode("a") { journal in
            var log = try Log.open(
                directory: journal, options: ServingNode.options(batchBytes: batchBytes),
                at: Timestamp(milliseconds: 1)
            ) { _ in }
            try ServingNode.commit(count, bytes: bytes, to: &log)
        }
    }

    private func ask(
        _ node: ServingNode, from first: UInt64, below: UInt64, _ trust: LinkTrust = .none
    ) throws -> BatchLink {
        let link = BatchLink(trust, meanwhile: {})
        try link.open(to: node.address, BatchRequest(first: first, below: below))
        return link
    }

    @Test("they come as they are on disk, from a record on, up to one that the log has")
    func comeAsTheyAre() throws {
        let node = try node(60)
        defer { node.stop() }
        let all = try node.batches()
        for (first, below) in [(1, 61), (1, 2), (17, 40), (60, 61)] as [(UInt64, UInt64)] {
            let brought = Brought.all(over: try ask(node, from: first, below: below))
            let due = Array(all[Int(first - 1)..<Int(below - 1)])
            #expect(brought.batches == due, "\(first) to \(below)")
            #expect(brought.ending == BatchesEnd(.sent, record: below))
        }
    }

    @Test("what the node has not got itself does not come, and is no fault")
    func endsWithTheJournal() throws {
        let node = try node(10)
        defer { node.stop() }
        var brought = Brought.all(over: try ask(node, from: 8, below: 1_000))
        #expect(brought.batches == (try node.batches(from: 8)))
        #expect(brought.ending == BatchesEnd(.sent, record: 11))
        brought = Brought.all(over: try ask(node, from: 11, below: 1_000))
        #expect(brought.batches.isEmpty)
        #expect(brought.ending == BatchesEnd(.sent, record: 11))
    }

    @Test("more than what may wait comes whole to one that reads slowly, and others hear the node")
    func waitsForTheReader() throws {
        // 18 MiB: more than waits for the socket, and than the kernel keeps.
        let node = try node(300, bytes: 60_000, batchBytes: 64 << 10)
        defer { node.stop() }
        let link = try ask(node, from: 1, below: 301)
        var other = LinkClient(.none, meanwhile: {})
        try other.open(to: node.address)
        // Nobody reads: and the node goes on to tell where it is.
        var heard = 0
        let isHeard = eventually(withinSeconds: 120) {
            if case .frame = other.receive(seconds: 0.1, waking: nil) { heard += 1 }
            link.tell(node.status.frame(clock: 0))
            return heard >= 5
        }
        #expect(isHeard)
        let brought = Brought.all(over: link) {
            link.tell(node.status.frame(clock: 0))
            Waiting(seconds: 0.005).pass()
        }
        #expect(brought.batches == (try node.batches()))
        #expect(brought.ending == BatchesEnd(.sent, record: 301), "\(brought.lost ?? "")")
    }

    @Test("one reading at a time: another node is told so, and gets its turn")
    func oneAtATime() throws {
        let node = try node(300, bytes: 60_000, batchBytes: 64 << 10)
        defer { node.stop() }
        let first = try ask(node, from: 1, below: 301)
        // What has come shows that its reading goes on; nearly all of it waits.
        #expect(eventually { !first.receive(seconds: 0.1).batches.isEmpty })
        first.tell(node.status.frame(clock: 0))
        let refused = Brought.all(over: try ask(node, from: 7, below: 9))
        #expect(refused.batches.isEmpty)
        #expect(refused.ending == BatchesEnd(.busy, record: 7))
        first.close()
        let isServed = try eventually(withinSeconds: 120) {
            let second = Brought.all(over: try ask(node, from: 7, below: 9))
            if second.ending?.reason == .busy { return false }
            return second.batches.count == 2 && second.ending?.reason == .sent
        }
        #expect(isServed)
    }

    @Test("a journal whose older segments were archived says where it begins")
    func archived() throws {
        let node = try node(60)
        defer { node.stop() }
        let oldest = try node.archive()
        let brought = Brought.all(over: try ask(node, from: 1, below: 61))
        #expect(brought.batches.isEmpty)
        #expect(brought.ending == BatchesEnd(.archived, record: oldest))
    }

    @Test("a batch that is longer than a cluster's is not sent")
    func tooLong() throws {
        let node = try ServingNode("a") { journal in
            var log = try Log.open(
                directory: journal, options: ServingNode.options(batchBytes: 2 << 20),
                at: Timestamp(milliseconds: 1)
            ) { _ in }
            try ServingNode.commit(2, bytes: 3_000, to: &log)
            try ServingNode.commit(1, bytes: 1 << 20, to: &log)
        }
        defer { node.stop() }
        let brought = Brought.all(over: try ask(node, from: 1, below: 9))
        #expect(brought.batches == Array(try node.batches().prefix(2)))
        #expect(brought.ending == BatchesEnd(.tooLong, record: 3))
    }

    @Test("a node whose journal is not known to be a part of the log, or that has none, says so")
    func unfit() throws {
        let node = try node(3)
        defer { node.stop() }
        node.status.isPartOfLog = false
        var brought = Brought.all(over: try ask(node, from: 2, below: 4))
        #expect(brought.ending == BatchesEnd(.unfit, record: 2))
        let empty = try ServingNode("b", hasJournal: false) { _ in }
        defer { empty.stop() }
        brought = Brought.all(over: try ask(empty, from: 2, below: 4))
        #expect(brought.ending == BatchesEnd(.unfit, record: 2))
    }

    @Test("between machines they go over links with certificates alone")
    func trust() throws {
        let link = BatchLink(.none, meanwhile: {})
        #expect(link.mayAsk(try #require(SocketAddress("127.0.0.1:8082"))))
        #expect(!link.mayAsk(try #require(SocketAddress("10.0.0.1:8082"))))
    }

    @Test("a node that ends while it sends: the link is lost, and what came is whole")
    func nodeEnds() throws {
        let node = try node(300, bytes: 60_000, batchBytes: 64 << 10)
        let all = try node.batches()
        let link = try ask(node, from: 1, below: 301)
        var brought: [[UInt8]] = []
        let hasBegun = eventually(withinSeconds: 120) {
            brought += link.receive(seconds: 0.1).batches
            return !brought.isEmpty
        }
        #expect(hasBegun)
        node.stop()
        let rest = Brought.all(over: link)
        #expect(rest.lost != nil && rest.ending == nil)
        brought += rest.batches
        #expect(brought.count < all.count && brought == Array(all.prefix(brought.count)))
    }
}

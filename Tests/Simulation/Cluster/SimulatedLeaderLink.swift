import Bytes
import Cluster
import Sockets

/// A follower's link to its leader, in virtual time.
struct SimulatedLeaderLink: LeaderLink, ~Copyable {
    private let cluster: SimulatedCluster
    private let node: SimulatedNode
    private let process: ProcessLife
    private let thread: VirtualThread
    private var end: SimulatedLinkEnd?
    private var inbox = LinkInbox()

    init(
        _ cluster: SimulatedCluster, _ node: SimulatedNode, _ process: ProcessLife,
        _ thread: VirtualThread
    ) {
        self.cluster = cluster
        self.node = node
        self.process = process
        self.thread = thread
    }

    var isOpen: Bool { end != nil }

    mutating func close() {
        end?.close()
        end = nil
        inbox = LinkInbox()
    }

    mutating func open(to address: SocketAddress) throws(LinkFailure) {
        close()
        thread.wait(until: cluster.world.now + 2 * cluster.network.delay())
        switch cluster.connect(node, process, to: "\(address)") {
        case .connected(let end):
            end.onArrival = { [weak thread] in thread?.wake() }
            self.end = end
        case .refused: throw .refused
        case .silent:
            thread.wait(seconds: 0.3)
            throw .other("no answer")
        }
        // Its process has ended: whoever waits for it is told so elsewhere.
        if process.hasEnded { close() }
    }

    mutating func send(_ frame: LinkFrame) {
        var outbox = ByteBuffer(capacity: LinkFrame.usualBytes)
        frame.append(to: &outbox)
        end?.send(outbox.bytes.array)
    }

    mutating func receive(seconds: Double, waking bell: Int32?) -> LinkReceived {
        guard let end else { return .lost("not connected") }
        let limit = cluster.world.now + UInt64(seconds * 1e9)
        while !end.hasArrivals, cluster.world.now < limit, !process.hasEnded {
            thread.wait(until: limit, orWoken: true)
        }
        var last: LinkFrame?
        end.drain().withBytes { inbox.append($0) }
        do throws(LinkFrame.Fault) {
            try inbox.drain { message, _ in
                if case .status(let frame) = message { last = frame }
            }
        } catch {
            close()
            return .lost("what came is no frame of a node")
        }
        if let last { return .frame(last) }
        guard end.isFinished else { return .nothing }
        close()
        return .lost("the other node closed it")
    }

    mutating func pass(seconds: Double) {
        if !process.hasEnded { thread.wait(seconds: seconds) }
    }
}

extension LinkFrame {
    /// Bytes of a frame of three nodes, or a little more.
    fileprivate static var usualBytes: Int { 512 }
}

internal import Sockets
internal import Time

/// A follower's contact with its leader: the link, what is told over it, and when the leader was
/// last known to live.
struct LeaderContact<Link: LeaderLink & ~Copyable>: ~Copyable {
    private let status: ClusterStatus
    private var link: Link
    private var life: LeaderLife
    private var sentAt: UInt64 = 0
    private var triedAt: UInt64 = 0

    /// Why there is no link.
    struct Failure {
        let text: String
        /// Whether it says that the owner has ended.
        var isFinal = false
        /// Whether the owner lives all the same: only this way to it is broken.
        var isOfLiving = false
    }

    private static var sendNanoseconds: UInt64 { 90_000_000 }
    /// A leader that is out of reach takes a third of a second each time.
    private static var retryNanoseconds: UInt64 { 2_000_000_000 }

    init(_ status: ClusterStatus, over link: consuming Link) {
        self.status = status
        self.link = link
        life = LeaderLife(status.clock)
    }

    // MARK: The link

    var isOpen: Bool { link.isOpen }

    mutating func close() { link.close() }

    /// - Returns: why there is no link; nil where there is.
    mutating func connect(to owner: LogOwner) -> Failure? {
        guard let address = SocketAddress(owner.address) else {
            return Failure(
                text: "node \(owner.node) says no address: \(owner.address)", isFinal: true)
        }
        do throws(LinkFailure) {
            try link.open(to: address)
            // It takes links, so it lives.
            sentAt = 0
            life.hear()
            return nil
        } catch {
            switch error {
            case .refused: return Failure(text: "node \(owner.node) has ended", isFinal: true)
            case .handshake(let reason):
                // Other nodes may have their way to it.
                life.hear()
                return Failure(
                    text: "node \(owner.node) lives, and takes no link of this node: \(reason)",
                    isOfLiving: true)
            case .other(let reason):
                return Failure(text: "node \(owner.node) is out of reach: \(reason)")
            }
        }
    }

    /// Tells the leader where this node is, ten times a second however often it is called.
    mutating func tell() {
        let now = status.clock.monotonicNanoseconds()
        guard now - sentAt >= Self.sendNanoseconds else { return }
        sentAt = now
        link.send(status.frame(clock: status.clock.wallClock().milliseconds))
    }

    mutating func receive(seconds: Double, waking bell: Int32?) -> LinkReceived {
        link.receive(seconds: seconds, waking: bell)
    }

    mutating func pass(seconds: Double) { link.pass(seconds: seconds) }

    /// Has the leader hear where this node is while it does something else than to listen, over a
    /// link that is made anew where there is none.
    /// - Returns: what the leader has said.
    mutating func keep(_ owner: LogOwner) -> LinkFrame? {
        if !link.isOpen {
            let now = status.clock.monotonicNanoseconds()
            guard triedAt == 0 || now - triedAt >= Self.retryNanoseconds else { return nil }
            triedAt = now
            _ = connect(to: owner)
        }
        guard link.isOpen else { return nil }
        tell()
        guard case .frame(let frame) = link.receive(seconds: 0, waking: nil) else { return nil }
        return frame
    }

    // MARK: The leader's life

    mutating func hear() { life.hear() }

    func isSilent(for nanoseconds: UInt64) -> Bool { life.isSilent(for: nanoseconds) }

    /// See ``LeaderLife/noteRead(hasBatches:isEnd:in:)``.
    mutating func noteRead(hasBatches: Bool, isEnd: Bool, in term: UInt64) {
        life.noteRead(hasBatches: hasBatches, isEnd: isEnd, in: term)
    }
}

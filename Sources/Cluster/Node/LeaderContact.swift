internal import Sockets
internal import Time

/// A follower's contact with its leader: the link, what is told over it, and when the leader was
/// last known to live.
struct LeaderContact<Link: LeaderLink & ~Copyable>: ~Copyable {
    private let status: ClusterStatus
    private var link: Link
    private var life: LeaderLife
    private var reach: LeaderReach
    private var knock = LeaderKnock()
    private var name: NameCheck
    /// Nil before the leader has compared it.
    private var clockVerdict: ClockVerdict?
    private var sentAt: UInt64 = 0
    private var triedAt: UInt64 = 0

    /// Why there is no link.
    struct Failure {
        let text: String
        /// Whether it says that the owner has ended.
        var isFinal = false
        /// Whether a process is there all the same: it may be the owner, and only this way to it is
        /// broken.
        var isOfLiving = false
    }

    private static var sendNanoseconds: UInt64 { 90_000_000 }
    /// A leader that is out of reach takes a third of a second each time.
    private static var retryNanoseconds: UInt64 { 2_000_000_000 }

    init(_ status: ClusterStatus, over link: consuming Link) {
        self.status = status
        self.link = link
        life = LeaderLife(status.clock)
        reach = LeaderReach(status.clock)
        name = NameCheck(status)
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
            sentAt = 0
            life.sense()
            return nil
        } catch {
            switch error {
            case .refused: return Failure(text: "node \(owner.node) has ended", isFinal: true)
            case .handshake(let reason):
                return Failure(text: Self.refusal(of: owner, reason), isOfLiving: true)
            case .other(let reason):
                return Failure(text: "node \(owner.node) is out of reach: \(reason)")
            }
        }
    }

    /// What is said of a process that is there, and takes no link.
    static func refusal(of owner: LogOwner, _ reason: String) -> String {
        "node \(owner.node) lives, and takes no link of this node: \(reason)"
    }

    /// Whether any node may hear where this one is: not while a leader is there that may hear
    /// another process of this name.
    var mayTell: Bool { name.isOwn || !link.isOpen }

    /// Tells the leader where this node is, ten times a second however often it is called; nothing
    /// while another process may have this node's name.
    mutating func tell() {
        guard name.isOwn else { return }
        let now = status.clock.monotonicNanoseconds()
        guard now - sentAt >= Self.sendNanoseconds else { return }
        sentAt = now
        link.send(status.frame(clock: status.clock.wallClock().milliseconds))
    }

    mutating func receive(seconds: Double, waking bell: Int32?) -> LinkReceived {
        link.receive(seconds: seconds, waking: bell)
    }

    mutating func pass(seconds: Double) { link.pass(seconds: seconds) }

    /// Passes time, and has the leader hear where this node is meanwhile.
    mutating func attend(seconds: Double) {
        guard link.isOpen else { return link.pass(seconds: seconds) }
        tell()
        if case .frame(let frame) = link.receive(seconds: seconds, waking: nil) {
            status.set(frame.members)
            // Who is refused for its name is so when it follows.
            _ = name.hear(frame.members)
        }
    }

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

    /// It told where all nodes are.
    /// - Throws: where another process has this node's name.
    mutating func hear(_ frame: LinkFrame, of owner: LogOwner) throws(FollowerFailure) {
        let other = frame.node == status.node ? owner.address : name.hear(frame.members)
        if let other {
            throw .unsuitable(
                "another process is node \(status.node) of this cluster, at \(other): "
                    + "give each node a name of its own with --node")
        }
        life.hear()
        status.set(frame.members)
        let error = frame.members.clockError(of: status.node)
        clockVerdict = ClockVerdict(error, at: status.clock)
        status.clockErrorMilliseconds = error
        status.logPosition = frame.position
    }

    /// By how much this node's clock is off the others', in milliseconds; 0 where that is unknown.
    func clockError() -> Int64 {
        let error = clockVerdict?.error(at: status.clock) ?? 0
        status.clockErrorMilliseconds = error
        return error
    }

    /// This node has looked who owns the log, and had an answer, or had none from the engine.
    mutating func noteLook(isAnswered: Bool) {
        if isAnswered { reach.noteLook() } else { reach.noteFailure() }
    }

    /// What is said where the engine does not answer the leader, by its own words, and answers this
    /// node; else nil.
    func cutOff(_ frame: LinkFrame) -> String? {
        reach.isCutOff(unproven: frame.unprovenMilliseconds)
            ? "node \(frame.node) leads and does not reach etcd" : nil
    }

    /// Asks by the log whether the owner lives, that gives this node no link: it may lead others.
    mutating func ask<Engine: ReplicatedLog & ~Copyable>(
        _ owner: LogOwner, _ engine: inout Engine
    ) throws(ReplicatedLogError) -> LeaderKnock.Answer {
        let now = status.clock.monotonicNanoseconds()
        let answer = try knock.ask(owner, &engine, at: now)
        if case .lives = answer { life.hear() }
        return answer
    }

    func isSilent(for nanoseconds: UInt64) -> Bool { life.isSilent(for: nanoseconds) }

    /// See ``LeaderLife/noteRead(hasBatches:isEnd:in:)``.
    mutating func noteRead(hasBatches: Bool, isEnd: Bool, in term: UInt64) {
        life.noteRead(hasBatches: hasBatches, isEnd: isEnd, in: term)
    }
}

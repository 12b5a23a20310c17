internal import Cluster
internal import Contract
internal import Time

/// One node of the cluster, as the leader knows it, and told the others.
struct NodeView: Encodable {
    let node: String
    let role: Role
    /// Of the leader.
    let term: UInt64?
    /// Records in its journal.
    let position: UInt64
    /// Records of the cluster's log that its journal lacks.
    let lag: UInt64
    let clockOffsetSeconds: Double
    /// For how long the leader has not heard it; nil where it never has.
    let silentSeconds: Double?
    /// The format level that its version knows; nil where it was never heard.
    let level: UInt16?
    /// How it is pushed; nil where this node has not been told.
    private(set) var pressure: PressureLevel?

    enum Role: String, Encodable, CaseIterable {
        case leader, follower
        /// It led when this was known last, and cannot prove that it still does.
        case unproven
        /// The leader has not heard it for some seconds, or never.
        case silent
    }

    private enum CodingKeys: String, CodingKey {
        case node, role, term, position, lag, level, pressure
        case clockOffsetSeconds = "clock_offset_seconds"
        case silentSeconds = "silent_seconds"
    }

    /// A link that is silent for so long is closed.
    private static var silentMilliseconds: UInt32 { 5_000 }

    private init(
        _ member: ClusterMember, _ owner: LogOwner?, isProven: Bool, end: UInt64
    ) {
        let isHeard = member.silentMilliseconds != ClusterMember.never
        let isOwner = member.node == owner?.node
        node = member.node
        role =
            isOwner
            ? isProven ? .leader : .unproven
            : member.silentMilliseconds < Self.silentMilliseconds ? .follower : .silent
        term = isOwner ? owner?.term : nil
        position = max(member.position, 1) - 1
        lag = end - min(member.position, end)
        clockOffsetSeconds = Double(member.clockOffset) / 1_000
        silentSeconds = isHeard ? Double(member.silentMilliseconds) / 1_000 : nil
        level = member.level > 0 ? member.level : nil
    }

    /// All nodes that are known, by name, with what their samples say of their pressure: those of
    /// the others at the leader alone.
    static func all(_ shared: Shared) -> [NodeView]? {
        guard let status = shared.cluster else { return nil }
        var levels = shared.nodes.levels(at: shared.clock.monotonicNanoseconds())
        levels[status.node] = shared.nodes.ownLevel
        return all(status, at: shared.clock.elapsedNanoseconds()).map { view in
            var view = view
            view.pressure = levels[view.node]
            return view
        }
    }

    /// The same without their pressure.
    /// - Parameter now: of the clock that goes on while the machine sleeps.
    static func all(_ status: ClusterStatus, at now: UInt64) -> [NodeView] {
        let members = status.members.sorted { $0.node < $1.node }
        let end = members.reduce(status.logPosition) { max($0, $1.position) }
        let owner = status.owner
        // What this node knows of another one that leads is as old as what it heard last.
        let isProven = status.state != .leading || status.unreadyReason(at: now) == nil
        return members.map { NodeView($0, owner, isProven: isProven, end: end) }
    }
}

extension NodeView {
    static let shape = Shape.object([
        .required("node", .text(1...64)),
        .required(
            "role", .choice(of: Role.self),
            "`silent`: the leader has not heard it for 5 s. `unproven`: this node leads as far as "
                + "it knows, and etcd has not confirmed that for 1.5 s."),
        .optional("term", .count, "Of the leader: the term of its office."),
        .required("position", .count, "Records in its journal."),
        .required("lag", .count, "Records of the cluster's log that its journal lacks."),
        .required("clock_offset_seconds", .number, "Its clock less the leader's."),
        .optional(
            "silent_seconds", .number,
            "Since the leader heard it; absent where it never has."),
        .optional(
            "level", .integer(1...65_535), "The format level that its version knows."),
        .optional(
            "pressure", .choice(PressureLevel.allCases.map { "\($0.name)" }),
            "How it is pushed: at the leader of each node that is heard, else of this one."),
    ])
}

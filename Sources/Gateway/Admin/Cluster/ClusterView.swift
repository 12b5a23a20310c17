internal import Cluster
internal import Time

/// What `GET /v1/cluster` tells: this node, all nodes, the engine.
struct ClusterView: Encodable {
    struct Leader: Encodable {
        let node: String
        let term: UInt64
        /// Where other nodes reach it.
        let address: String
    }

    let node: String
    let state: String
    /// Nil before the first claim.
    let leader: Leader?
    /// The format level on record; nil before there is one.
    let level: UInt16?
    let nodes: [NodeView]
    let engine: EngineView

    init(
        _ status: ClusterStatus, _ nodes: [NodeView], _ engine: EngineView, level: UInt16,
        at now: UInt64
    ) {
        node = status.node
        state = status.unreadyReason(at: now) ?? ClusterStatus.State.leading.name
        leader = status.owner.map { Leader(node: $0.node, term: $0.term, address: $0.address) }
        self.level = level > 0 ? level : nil
        self.nodes = nodes
        self.engine = engine
    }
}

extension ClusterView {
    static let shape = Shape.object([
        .required("node", .text(1...64), "The node that answers."),
        .required("state", .choice(ClusterStatus.State.allCases.map(\.name)), "What it does."),
        .optional(
            "leader",
            .object([
                .required("node", .text(1...64)), .required("term", .count),
                .required("address", .text(1...256), "Where other nodes reach it."),
            ]), "As far as this node knows."),
        .optional(
            "level", .integer(1...65_535),
            "The format level on record: a version that knows less cannot follow any more."),
        .required("nodes", .array(NodeView.shape, maximum: LinkFrame.maximumMembers)),
        .required("engine", EngineView.shape),
    ])
}

/// What came of a hand-over.
struct StepDownView: Encodable {
    let from: String
    let to: String
    let term: UInt64

    static let shape = Shape.object([
        .required("from", .text(1...64), "This node: its process ends now."),
        .required("to", .text(1...64), "The node that leads."), .required("term", .count),
    ])
    static let body = Shape.object([
        .required("confirm", .text(1...64), "The name of the node that leads."),
        .optional(
            "to", .nullable(.text(1...64)), "The node that is to lead; else the furthest one."),
    ])
}

/// A node that counts no more.
struct ForgottenView: Encodable {
    let node: String

    static let shape = Shape.object([.required("node", .text(1...64)), .changed])
    static let body = Shape.object([
        .required("confirm", .text(1...64), "The node's name again.")
    ])
}

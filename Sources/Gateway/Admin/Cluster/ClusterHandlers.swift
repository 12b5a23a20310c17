internal import Bytes
internal import Cluster
internal import Ledger
internal import Logging
internal import Projections
internal import Time
internal import Wire

/// The cluster that this gateway is a node of: how it is, who leads, which nodes count.
struct ClusterHandlers {
    let control: Control

    init(_ control: Control) {
        self.control = control
    }

    func show() throws(Problem) -> ControlReply {
        let node = try node
        let engine = EngineSurvey(node.configuration, node.probe.last).run()
        return .view(
            ClusterView(
                node.status, NodeView.all(control.shared) ?? [], engine,
                level: control.shared.projected.catalogue.level,
                at: control.shared.clock.elapsedNanoseconds()))
    }

    /// Has another node lead. An office is never given back: this process ends, and its supervisor
    /// starts it again, as a follower.
    func stepDown(_ call: AdminCall) throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let confirm = body.string("confirm")
        let wanted = body.optionalString("to")
        try body.finish()
        let node = try leadingNode
        let own = node.status.node
        guard confirm == own else { throw .nodeNotConfirmed }
        switch node.handOver(to: wanted) {
        case .taken(let owner):
            log("this node steps down", of: own, call)
            node.configuration.afterStepDown()
            return .view(StepDownView(from: own, to: owner.node, term: owner.term))
        case .notLeading: throw notLeading(node)
        case .noSuccessor: throw .noSuccessor(wanted)
        case .notTaken(let other): throw .notTakenOver(by: other)
        }
    }

    func forget(_ call: AdminCall) throws(Problem) -> ControlReply {
        let name = call["node"]
        var body = try call.bodyReader()
        let confirm = body.string("confirm")
        try body.finish()
        let node = try leadingNode
        guard confirm == name else { throw .nodeNotConfirmed }
        switch try forgetting(name, node) {
        case .done:
            log("a node of the cluster is forgotten", of: name, call)
            return .view(ChangedView(view: ForgottenView(node: name), changed: true))
        case .unknown:
            return .view(ChangedView(view: ForgottenView(node: name), changed: false))
        case .isHeard(let milliseconds): throw .nodeIsHeard(name, milliseconds)
        case .deposed, .tooEarly: throw notLeading(node)
        }
    }

    private func forgetting(
        _ name: String, _ node: ClusterNode
    ) throws(Problem) -> OfficeKeeper.Forgetting {
        do throws(ReplicatedLogError) {
            return try node.forget(name)
        } catch {
            throw .engineDoesNotAnswer(error)
        }
    }

    private func notLeading(_ node: ClusterNode) -> Problem {
        .notLeading(node.status.owner.map { ($0.node, $0.address) })
    }

    private func log(_ what: Logger.Message, of name: String, _ call: AdminCall) {
        control.shared.logger.notice(
            what,
            metadata: [
                "node": "\(name)", "by": "\(call.author.name)",
                "role": "\(call.author.role.rawValue)",
            ])
    }

    private var node: ClusterNode {
        get throws(Problem) {
            guard let node = control.cluster else { throw .noCluster }
            return node
        }
    }

    private var leadingNode: ClusterNode {
        get throws(Problem) {
            let node = try node
            guard node.status.state == .leading else { throw notLeading(node) }
            return node
        }
    }
}

extension Problem {
    fileprivate static let noCluster = Problem(
        .notFound, "no_cluster", "No cluster",
        "This gateway is alone: it was started without the setting cluster.")
    fileprivate static let nodeNotConfirmed = Problem(
        .conflict, "not_confirmed", "Not confirmed",
        "Not done: repeat the node's name as \"confirm\".")
    fileprivate static func noSuccessor(_ wanted: String?) -> Problem {
        Problem(
            .conflict, "no_successor", "No successor",
            (wanted.map { "Node \($0) cannot" } ?? "No node can")
                + " take over: it must be heard, close to the log's end, and its clock right; see "
                + "portillon cluster status. This node goes on.")
    }
    fileprivate static func notTakenOver(by node: String) -> Problem {
        Problem(
            .conflict, "not_taken_over", "Not taken over",
            "Node \(node) did not take over in time; this node goes on.")
    }
    fileprivate static func nodeIsHeard(_ node: String, _ milliseconds: UInt32) -> Problem {
        Problem(
            .conflict, "node_is_heard", "Node is heard",
            "Node \(node) was heard \(milliseconds / 1_000) s ago; only one that has been silent "
                + "for \(OfficeKeeper.forgettableMilliseconds / 1_000) s can be forgotten.")
    }
    fileprivate static func engineDoesNotAnswer(_ error: ReplicatedLogError) -> Problem {
        Problem(
            .serviceUnavailable, "log_unavailable", "Log unavailable",
            "The cluster's etcd did not confirm the change, which may be made all the same: "
                + "\(error). Ask again.", retryAfterSeconds: 2)
    }
}

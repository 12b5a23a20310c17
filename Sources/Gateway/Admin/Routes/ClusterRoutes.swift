internal import Ledger
internal import Wire

/// The routes of a cluster's nodes.
enum ClusterRoutes {
    static let routes: [AdminRoute] = [
        AdminRoute(
            "GET", "/v1/cluster", .cluster, .staff, shedding: .statistics,
            "The nodes of the cluster, who leads, and how its etcd is.",
            answers: [.json(.ok, ClusterView.shape)], refusals: [.notFound]
        ) { (control, _) throws(Problem) in try ClusterHandlers(control).show() },
        AdminRoute(
            "POST", "/v1/cluster/step-down", .cluster, .operators, work: .measure,
            "Has another node lead; this process ends, and its supervisor starts it again.",
            body: StepDownView.body, answers: [.json(.ok, StepDownView.shape)],
            refusals: [.notFound, .conflict]
        ) { (control, call) throws(Problem) in try ClusterHandlers(control).stepDown(call) },
        AdminRoute(
            "DELETE", "/v1/cluster/nodes/{node}", .cluster, .admin,
            "Has a node that will not come back count no more.",
            body: ForgottenView.body, answers: [.json(.ok, ForgottenView.shape)],
            refusals: [.notFound, .conflict]
        ) { (control, call) throws(Problem) in try ClusterHandlers(control).forget(call) },
    ]
}

internal import Ledger
internal import Logging
internal import Synchronization
internal import Time
internal import Wire

/// A request that has found its route and may be handled.
struct PermittedCall: Sendable {
    let route: AdminRoute
    let call: AdminCall

    /// What kind of work it is.
    var work: ControlWork { route.work(by: call.author) }

    /// Handles it. It may take its time.
    func answer(_ control: Control) async -> ControlAnswer {
        let began = control.shared.clock.monotonicNanoseconds()
        let isOfCluster = control.shared.cluster != nil
        let token = isOfCluster ? AdminTokens.digest(in: call.request.authorization) : nil
        let reply = await RequestToken.$digest.withValue(token) { () async -> ControlReply in
            do throws(Problem) {
                return try await route.handler(control, call)
            } catch {
                return .problem(error)
            }
        }
        log(reply, since: began, control.shared)
        return ControlAnswer(
            connection: call.request.connection, route: route.label, reply: reply)
    }

    /// A line for each request that is handled, where the log's level is `debug`: what was asked
    /// for, by whom, what was answered, and how long that took. Others are counted.
    private func log(_ reply: ControlReply, since began: UInt64, _ shared: Shared) {
        guard shared.logger.logLevel <= .debug else { return }
        let nanoseconds = shared.clock.monotonicNanoseconds() - began
        shared.logger.debug(
            "request answered",
            metadata: [
                "method": "\(call.request.method)", "route": "\(route.label.label)",
                "status": .stringConvertible(reply.status.rawValue),
                "duration_seconds": .stringConvertible(Double(nanoseconds) / 1e9),
                "by": "\(call.author.name)", "role": "\(call.author.role.rawValue)",
            ])
    }
}

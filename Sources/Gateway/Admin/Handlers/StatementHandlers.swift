internal import Availability
internal import Ledger
internal import LockFree
internal import Projections
internal import Synchronization
internal import Time

/// What operations used in a month (C15).
struct StatementHandlers {
    let control: Control

    init(_ control: Control) {
        self.control = control
    }

    func statement(_ call: AdminCall) async throws(Problem) -> ControlReply {
        let catalogue = control.shared.projected.catalogue
        let query = try MonthQuery(call, catalogue, now: control.shared.ledgerTime)
        let oldest = query.current.firstDay.advanced(by: -Self.maximumDays)
        guard query.month.firstDay >= oldest else {
            throw .wrongParameter(
                "month", "Must begin within the last \(Self.maximumDays) days.")
        }
        let answer = await answer(query.month, of: query.client?.id)
        return .view(StatementView(answer, client: query.client?.id))
    }

    /// Fewer than the months that the ledger keeps, each of 31 days at most.
    private static var maximumDays: Int64 { 1_096 }

    private func answer(
        _ month: CivilMonth, of client: String?
    ) async -> ConsumptionQuestion.Answer {
        await withCheckedContinuation { continuation in
            control.shared.consumption.enqueue(
                ConsumptionQuestion(month: month, client: client) { answer in
                    continuation.resume(returning: answer)
                })
            control.shared.sequencerBell.ring()
        }
    }
}

internal import Bytes
internal import Ledger
internal import Logging
internal import Time
internal import Wire

/// The gateway's time, where an operator has to say whether the clock is right.
struct ClockHandlers {
    let control: Control

    init(_ control: Control) {
        self.control = control
    }

    /// Has the sequencer follow the wall clock, whatever it was before. The date is said once more,
    /// by a person who knows it: a script that repeats what the clock shows proves nothing.
    func confirm(_ call: AdminCall) async throws(Problem) -> ControlReply {
        var body = try call.bodyReader()
        let date = body.string("date")
        try body.finish()
        let shared = control.shared
        // Of a node that follows no clock is believed: the leader's gives the times, and a person
        // has looked at this one.
        try shared.requireOffice()
        let now = shared.clock.wallClock()
        guard EntryNumber.covers(now), date == now.rfc3339.prefix(10) else { throw .wrongDate }
        let isDoubted =
            shared.health.clock != .believed || shared.health.clockLeapMilliseconds != 0
        shared.logger.notice(
            "the clock is confirmed",
            metadata: [
                "clock": "\(now.rfc3339)", "by": "\(call.author.name)",
                "role": "\(call.author.role.rawValue)",
            ])
        // The answer shows what follows from it. Where the sequencer hangs, the loop answers.
        await withCheckedContinuation { continuation in
            shared.confirmClock { continuation.resume() }
        }
        return .view(ChangedView(view: ClockView(shared), changed: isDoubted))
    }
}

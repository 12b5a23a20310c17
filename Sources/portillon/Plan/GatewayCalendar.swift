import Contract
import Time
import Wire

/// What a gateway expects of all campaigns that are declared there: `GET /v1/calendar`.
struct GatewayCalendar {
    /// Entries a second that the gateway can take; nil before it has measured that.
    let capacity: UInt32?
    let load: ExpectedLoad

    /// Waves are sent within 31 days, and answered within a week of that.
    private static var milliseconds: Int64 { 62 * 86_400_000 }

    /// - Throws: ``CommandFailure`` as every command that asks a gateway; 74 for an answer that is
    ///   no calendar.
    init(from start: Timestamp, _ client: GatewayClient) throws(CommandFailure) {
        let answer = try client.call(
            "GET", ["v1", "calendar"],
            query: [
                ("from", start.rfc3339),
                ("to", start.advanced(byMilliseconds: Self.milliseconds).rfc3339),
            ])
        try self.init(answer)
    }

    init(_ answer: JSONValue) throws(CommandFailure) {
        capacity = answer["capacity_per_second"]?.integer.flatMap { UInt32(exactly: $0) }
        var steps: [ExpectedLoad.Step] = []
        for step in answer["load"]?.elements ?? [] {
            guard let at = step["at"]?.string.flatMap({ Timestamp(rfc3339: $0) }),
                let rate = step["per_second"]?.number
            else {
                throw CommandFailure(.inputOutput, "the gateway's answer is not a calendar")
            }
            steps.append(ExpectedLoad.Step(at: at, perSecond: rate))
        }
        load = ExpectedLoad(steps: steps)
    }
}

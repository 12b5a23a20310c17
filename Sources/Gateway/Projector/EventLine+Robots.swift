internal import Ledger
internal import Logging
internal import Time

// MARK: Robots

extension EventLine {
    init(_ minute: RobotMinute) {
        self.init(.notice, "robots counted", [:])
        add("operation", minute.operation)
        add("since", minute.since.rfc3339)
        add("until", minute.until.rfc3339)
        add("attempts", minute.attempts)
        add("robots", minute.robots)
        add("suspects", minute.suspects)
        for verdict in RobotMinute.Verdict.allCases {
            add(verdict.rawValue, minute[verdict])
        }
        add("tests", minute.tests)
        let tools = Set(minute.tools.map(\.tool)).sorted()
        if !tools.isEmpty { add("tools", tools) }
    }
}

internal import Ledger
internal import Logging
internal import Time

// MARK: Robots

extension EventLine {
    init(_ minute: RobotMinute) {
        self.init(.notice, "robots counted", [:])
        members["operation"] = "\(minute.operation)"
        members["since"] = "\(minute.since.rfc3339)"
        members["until"] = "\(minute.until.rfc3339)"
        members["attempts"] = .stringConvertible(minute.attempts)
        members["robots"] = .stringConvertible(minute.robots)
        members["suspects"] = .stringConvertible(minute.suspects)
        for verdict in RobotMinute.Verdict.allCases {
            members[verdict.rawValue] = .stringConvertible(minute[verdict])
        }
        members["tests"] = .stringConvertible(minute.tests)
        let tools = Set(minute.tools.map(\.tool)).sorted()
        if !tools.isEmpty { members["tools"] = .array(tools.map { .string($0) }) }
    }
}

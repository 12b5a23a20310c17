import Availability
import Contract
import Time

@testable import Ledger

/// Minutes and suspensions as plain lists of what came, with nothing joined or forgotten. What the
/// fold says is held against it.
struct PlainMinutes {
    struct Report {
        var probe: String
        var minute: Int64
        var counts: (attempts: UInt32, failed: UInt32, slow: UInt32)
    }

    /// One operation, by flags of its own.
    struct Operation {
        var client: String
        var isOpen = false
        var isSuspended = false
        var isFault = false
        var opens: Int64?
        var closes: Int64?
    }

    /// Where all operations stood from a moment on.
    struct Standing {
        var from: Int64
        var operations: [String: Operation]
        var suspendedClients: Set<String>
    }

    var reports: [Report] = []
    var lost: [(client: String, minute: Int64)] = []
    var standings: [Standing] = []
    var operations: [String: Operation] = [:]
    var suspendedClients: Set<String> = []

    /// - Returns: a refusal's code; nil where it is taken, or was before.
    mutating func add(_ report: Report, at time: Int64) -> (code: String?, isNews: Bool) {
        if (report.minute + 1) * 60_000 > time { return ("minute_not_over", false) }
        if report.minute < time / 60_000 - 2_880 { return ("minute_too_late", false) }
        let earlier = reports.first {
            $0.probe == report.probe && $0.minute == report.minute
        }
        if let earlier {
            return (earlier.counts == report.counts ? nil : "minute_reported", false)
        }
        reports.append(report)
        return (nil, true)
    }

    /// 0 for up, 1 for down; nil for what was not measured.
    private func verdict(_ report: Report) -> Int? {
        let bad = (report.counts.failed + report.counts.slow) * 100
        if bad > 5 * max(report.counts.attempts, 60) { return 1 }
        if report.counts.attempts < 30 { return nil }
        return bad > 5 * report.counts.attempts ? 1 : 0
    }

    func state(of minute: Int64) -> MinuteState {
        let verdicts = reports.filter { $0.minute == minute }.compactMap(verdict)
        if verdicts.isEmpty { return .unmeasured }
        let down = verdicts.reduce(0, +)
        return verdicts.count - down > down ? .accessible : .notAccessible
    }

    /// To be called after each command.
    mutating func stand(at time: Int64) {
        standings.append(
            Standing(from: time, operations: operations, suspendedClients: suspendedClients))
    }

    /// Of the client's operations at a moment: whether one is suspended by the operator's fault
    /// alone, and whether one is for another cause.
    func suspensions(of client: String, at time: Int64) -> (fault: Bool, other: Bool) {
        guard let standing = standings.last(where: { $0.from <= time }) else {
            return (false, false)
        }
        var found = (fault: false, other: false)
        let isHeld = standing.suspendedClients.contains(client)
        for operation in standing.operations.values where operation.client == client {
            guard operation.isOpen, operation.isSuspended || isHeld,
                operation.opens.map({ $0 <= time }) ?? true,
                operation.closes.map({ time < $0 }) ?? true
            else { continue }
            // The client's suspension has no fault named here.
            if operation.isSuspended, operation.isFault, !isHeld {
                found.fault = true
            } else {
                found.other = true
            }
        }
        return found
    }
}

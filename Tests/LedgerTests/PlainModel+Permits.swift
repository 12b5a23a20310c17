import Ledger
import Time

/// Permits, and the entries that come with them (C7).
extension PlainModel {
    struct Permit {
        var id: String
        var operation: Int
        /// Milliseconds.
        var starts: Int64
        var ends: Int64
        var isRevoked = false
        var isPurged = false
        var isForgotten = false
        var entries: [Entry] = []
    }

    static func persons(of entries: [Entry]) -> [Int] {
        entries.reduce(into: []) { if !$0.contains($1.person) { $0.append($1.person) } }
    }

    /// Why the permit does not let the entry in.
    func permitRefusal(of given: Participation, at time: Int64) -> String? {
        guard let number = given.permit else { return nil }
        guard number < permits.count else { return "permit unknown" }
        let permit = permits[number]
        if permit.isRevoked { return "permit revoked" }
        if permit.operation != given.operation { return "permit of another" }
        if time < permit.starts { return "permit not started" }
        return time < permit.ends ? nil : "permit expired"
    }

    /// The test entries of the operation at this index whose run was not purged.
    func tests(of operation: Int) -> UInt64 {
        permits.filter { $0.operation == operation }.reduce(0) { $0 + UInt64($1.entries.count) }
    }

    mutating func apply(_ command: PermitCommand, at time: Int64) -> String? {
        if case .issue(let id, let terms) = command {
            guard let operation = current(terms.operation) else { return "unknown_operation" }
            let (starts, ends) = (terms.starts.milliseconds, terms.ends.milliseconds)
            let isLong = ends - starts > 31 * 86_400_000
            if terms.perSecond == 0 || ends <= time || ends <= starts || isLong {
                return "invalid"
            }
            if permits.contains(where: { $0.id == id }) { return "invalid" }
            permits.append(Permit(id: id, operation: operation, starts: starts, ends: ends))
            changes += 1
            return nil
        }
        guard let index = permits.firstIndex(where: { $0.id == command.permitID }) else {
            return "unknown_permit"
        }
        switch command {
        case .issue: break
        case .revoke:
            if !permits[index].isRevoked { changes += 1 }
            permits[index].isRevoked = true
        case .purge:
            if !permits[index].isPurged { changes += 1 }
            permits[index].isRevoked = true
            permits[index].isPurged = true
            permits[index].entries = []
        case .forgotten:
            if !permits[index].isPurged { return "invalid" }
            if !permits[index].isForgotten { changes += 1 }
            permits[index].isForgotten = true
        }
        return nil
    }
}

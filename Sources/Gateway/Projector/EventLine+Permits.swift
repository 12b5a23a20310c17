internal import Ledger
internal import Logging
internal import Time

// MARK: Permits

extension EventLine {
    init(_ command: PermitCommand) {
        switch command {
        case .issue(_, let terms):
            self.init(.notice, "permit issued", [:])
            add("operation", terms.operation)
            add("per_second", terms.perSecond)
            add("starts", terms.starts.rfc3339)
            add("ends", terms.ends.rfc3339)
        case .revoke: self.init(.notice, "permit revoked", [:])
        case .purge: self.init(.notice, "test entries purged", [:])
        case .forgotten(_, let leaves, _):
            self.init(.notice, "data of purged test entries forgotten", [:])
            add("leaves", leaves)
        }
        add("command", command.name.rawValue)
        add("permit_id", command.permitID)
    }
}

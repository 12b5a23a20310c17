internal import Ledger
internal import Logging
internal import Time

// MARK: Permits

extension EventLine {
    init(_ command: PermitCommand) {
        switch command {
        case .issue(_, let terms):
            self.init(.notice, "permit issued", [:])
            members["operation"] = "\(terms.operation)"
            members["per_second"] = .stringConvertible(terms.perSecond)
            members["starts"] = "\(terms.starts.rfc3339)"
            members["ends"] = "\(terms.ends.rfc3339)"
        case .revoke: self.init(.notice, "permit revoked", [:])
        case .purge: self.init(.notice, "test entries purged", [:])
        case .forgotten(_, let leaves, _):
            self.init(.notice, "data of purged test entries forgotten", [:])
            members["leaves"] = .stringConvertible(leaves)
        }
        members["command"] = "\(command.name.rawValue)"
        members["permit_id"] = "\(command.permitID)"
    }
}

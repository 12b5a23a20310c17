internal import Ledger
internal import Time

/// What is said of load tests that were agreed to (C7).
extension ItemWords {
    func sentence(_ command: PermitCommand) -> String {
        switch command {
        case .issue(let permit, let terms):
            say(
                .permitIssued,
                [
                    "permit": permit, "pace": pace(terms.perSecond),
                    "starts": time(terms.starts), "ends": time(terms.ends),
                ]) + note(terms.note)
        case .revoke(let permit, let note):
            say(.permitRevoked, ["permit": permit]) + self.note(note)
        case .purge(let permit, let note):
            say(.permitPurged, ["permit": permit]) + self.note(note)
        case .forgotten(let permit, let leaves, _):
            say(
                .permitForgotten,
                [
                    "permit": permit,
                    "entries": language.quantity(Int(clamping: leaves), .entries),
                ])
        }
    }
}

import Contract
import Ledger
import Time

/// Commands about a client as a whole, and about tokens.
extension PlainModel {
    mutating func apply(_ command: ClientCommand, at time: Int64) -> String? {
        let client = command.client
        if clients[client] == nil { return "unknown_client" }
        switch command {
        case .suspend(_, let order):
            guard let until = order.until, until.milliseconds > time else { return "invalid" }
            suspend(client, until: until.milliseconds)
            clientSuspensions[client] = until.milliseconds
        case .resume:
            if clientSuspensions[client, default: time] <= time { return nil }
            suspend(client, until: nil)
            clientSuspensions[client] = nil
        case .addNote(_, let operation, _):
            if let operation {
                guard let index = current(operation), operations[index].settings.client == client
                else { return "unknown_operation" }
            }
        }
        changes += 1
        return nil
    }

    /// Commands about tokens.
    mutating func apply(_ command: AccessCommand, at time: Int64) -> String? {
        switch command {
        case .addToken(let id, let holder, let digest, let expires):
            let same = tokens.first { $0.id == id || $0.digest == digest }
            if let same {
                let isIt = same.id == id && same.digest == digest && same.holder == holder
                return isIt ? nil : "key_exists"
            }
            if expires.milliseconds <= time { return "invalid" }
            tokens.append(
                Token(id: id, holder: holder, digest: digest, expires: expires.milliseconds))
        case .renewToken(let id, let renewal):
            guard let index = tokens.firstIndex(where: { $0.id == id }) else {
                return "unknown_token"
            }
            let old = tokens[index]
            if old.isRevoked || old.expires <= time { return "not_in_force" }
            if old.successor != nil { return "token_renewed" }
            let isKnown = tokens.contains {
                $0.id == renewal.tokenID || $0.digest == renewal.digest
            }
            if isKnown { return "key_exists" }
            if renewal.expires.milliseconds <= time { return "invalid" }
            tokens[index].expires = min(old.expires, renewal.overlapUntil.milliseconds)
            tokens[index].successor = renewal.tokenID
            tokens.append(
                Token(
                    id: renewal.tokenID, holder: old.holder, digest: renewal.digest,
                    expires: renewal.expires.milliseconds))
        case .revokeToken(let id, _, let declared):
            guard let index = tokens.firstIndex(where: { $0.id == id }) else {
                return "unknown_token"
            }
            if let declared, declared.milliseconds > time { return "invalid" }
            if tokens[index].isRevoked { return nil }
            tokens[index].isRevoked = true
        case .suspectToken(let id, _):
            guard let index = tokens.firstIndex(where: { $0.id == id }) else {
                return "unknown_token"
            }
            if tokens[index].isRevoked || tokens[index].expires <= time { return "not_in_force" }
            if tokens[index].isSuspected { return nil }
            tokens[index].isSuspected = true
        case .addKey, .revokeKey, .suspectKey:
            preconditionFailure("a key is no token: \(command)")
        }
        changes += 1
        return nil
    }

    private mutating func suspend(_ client: String, until: Int64?) {
        for index in operations.indices
        where operations[index].settings.client == client && operations[index].end == nil {
            operations[index].clientSuspendedUntil = until
        }
    }
}

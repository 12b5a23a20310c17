import Bytes
import Evidence
import Ledger
import Projections

@testable import Gateway

/// Whether those who read a gateway's state see what the ledger says.
extension SimulatedGateway {
    /// What differs between the ledger and what readers see of it; nil where nothing does. To be
    /// asked between two steps, when everything is published.
    var difference: String? {
        if shared.projected.catalogue != catalogue { return "the projected catalogue" }
        if shared.projection.lagNanoseconds(at: clock.monotonicNanoseconds()) != 0 {
            return "a projection lag"
        }
        for index in catalogue.standing {
            if shared.board.counts(of: index) != counts(of: index) { return "counts of \(index)" }
            if shared.board.state(of: index) != catalogue.operations[Int(index)].state {
                return "the state of \(index)"
            }
            if shared.board.pace(of: index) != catalogue.operations[Int(index)].perSecond {
                return "the pace of \(index)"
            }
        }
        return loops.lazy.compactMap { self.difference(of: $0) }.first
    }

    /// What a loop knows that is not so, or does not know.
    private func difference(of loop: SimulatedLoop) -> String? {
        for (index, operation) in catalogue.operations.enumerated() {
            let current = catalogue.operationIndex(operation.id)
            let known = loop.operation(named: operation.id)
            if known?.index != current { return "a loop's operation \(operation.id)" }
            let settings = operation.settings
            guard current == UInt32(index), let known else { continue }
            if known.title != settings.title || !known.consents.areOf(settings)
                || known.opens != settings.opens || known.closes != settings.closes
                || known.needsAge != (settings.minimumAge != nil)
            {
                return "a loop's settings of \(operation.id)"
            }
        }
        for (index, key) in catalogue.keys.enumerated() {
            let known = loop.key(UInt32(index))
            guard known?.isRevoked == (key.revokedAt != nil), known?.operation == key.operation,
                known?.isServer == (key.frontEnd == .server)
            else { return "a loop's key \(key.id)" }
        }
        return nil
    }
}

extension KnownConsents {
    /// Whether they are what the settings name: the required ones first and in order.
    fileprivate func areOf(_ settings: OperationSettings) -> Bool {
        guard required == settings.consents.count else { return false }
        for (place, code) in settings.consents.enumerated() {
            guard code.withBytes({ index(of: $0) }) == place else { return false }
        }
        for code in (settings.consentTexts ?? [:]).keys {
            guard code.withBytes({ index(of: $0) }) != nil else { return false }
        }
        return true
    }
}

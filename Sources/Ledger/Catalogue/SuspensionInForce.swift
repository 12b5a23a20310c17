package import Contract
package import Time

/// One of the suspensions that hold an operation back. They are facts of their own: ending one does
/// not end another.
package struct SuspensionInForce: Equatable, Sendable {
    /// What was suspended, or by what.
    package enum Source: String, CaseIterable, Sendable {
        /// A person suspended the operation.
        case operation
        /// A person suspended its client.
        case client
        /// The ladder suspended the operation.
        case ladder
    }

    package let source: Source
    package let ground: SuspensionGround
    /// When it ends by itself; `nil` if only a person ends it.
    package let until: Timestamp?
    package let isDefinitive: Bool
    /// As a person ordered it; `nil` for the ladder's.
    package let order: Suspension?

    package init(_ source: Source, _ order: Suspension) {
        self.source = source
        self.order = order
        ground = order.ground
        until = order.until
        isDefinitive = order.isDefinitive
    }

    init(ladderUntil until: Timestamp) {
        source = .ladder
        order = nil
        ground = .undeclaredTraffic
        self.until = until
        isDefinitive = false
    }

    /// When it ends, as a number: later than any time without an end, last of all for good.
    fileprivate var end: Int64 {
        if isDefinitive { return Int64.max }
        guard let until else { return Int64.max - 1 }
        return min(until.milliseconds, Int64.max - 2)
    }
}

extension Catalogue.Operation {
    /// Everything that suspends it, or would if it were open.
    package var suspensions: [SuspensionInForce] {
        var all: [SuspensionInForce] = []
        if let suspension { all.append(SuspensionInForce(.operation, suspension)) }
        if let clientSuspension { all.append(SuspensionInForce(.client, clientSuspension)) }
        if case .suspended(let until) = enforcedRung {
            all.append(SuspensionInForce(ladderUntil: until))
        }
        return all
    }

    /// Of ``suspensions`` the one that ends last; `nil` without any.
    package var suspensionInForce: SuspensionInForce? {
        suspensions.max { $0.end < $1.end }
    }

    /// Whether it, or its client, is suspended for good.
    package var isSuspendedDefinitively: Bool {
        suspension?.isDefinitive == true || clientSuspension?.isDefinitive == true
    }

    /// The event of a person's suspension whose time is over; the operation's own goes first.
    func endedSuspension(at time: Timestamp) -> LedgerEvent? {
        if let suspension, let until = suspension.until, until <= time {
            return .suspensionEnded(operation: id, ground: suspension.ground, until: until)
        }
        if let suspension = clientSuspension, let until = suspension.until, until <= time {
            return .clientSuspensionEnded(operation: id, ground: suspension.ground, until: until)
        }
        return nil
    }
}

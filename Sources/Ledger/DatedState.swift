import Contract
package import Time

/// Where an operation stands at one moment, its dates included: what front ends, operators and
/// metrics are told.
package enum DatedState: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case draft
    /// Open, and before its opening date.
    case scheduled
    case open, smoothed, suspended
    case suspendedDefinitively
    /// Past its closing date.
    case ended
    /// Closed by a person.
    case closed

    /// As the interface calls it.
    package var name: String {
        switch self {
        case .draft: "draft"
        case .scheduled: "scheduled"
        case .open: "open"
        case .smoothed: "smoothed"
        case .suspended: "suspended"
        case .suspendedDefinitively: "suspended_definitively"
        case .ended: "ended"
        case .closed: "closed"
        }
    }

    /// The state as an entry would be answered now: a person's decision for good goes before the
    /// dates, and the dates before a suspension or a pace.
    /// - Parameter isDefinitive: it is suspended for good.
    package init(
        _ state: OperationState, isDefinitive: Bool, opens: Timestamp?, closes: Timestamp?,
        at now: Timestamp
    ) {
        switch state {
        case .draft: self = .draft
        case .closed: self = .closed
        case .suspended where isDefinitive: self = .suspendedDefinitively
        case .open, .smoothed, .suspended:
            if let opens, now < opens {
                self = .scheduled
            } else if let closes, now >= closes {
                self = .ended
            } else {
                self = state == .open ? .open : state == .smoothed ? .smoothed : .suspended
            }
        }
    }
}

extension DatedState {
    /// The state of an operation whose cap ends its entries where it is reached (C25).
    package func capped(_ isReached: Bool) -> DatedState {
        isReached && (self == .open || self == .smoothed) ? .closed : self
    }
}

extension OperationSettings {
    /// Whether no entry is accepted any more, because the cap is reached.
    package func isOver(at counts: OperationCounts) -> Bool {
        cap.map { $0.isReached(by: counts) && $0.endsEntries(under: rule) } ?? false
    }
}

extension Catalogue.Operation {
    /// Where it stands at this moment, its dates and its cap included.
    package func state(at now: Timestamp, counts: OperationCounts) -> DatedState {
        state(at: now).capped(settings.isOver(at: counts))
    }

    /// Where it stands at this moment, its dates included.
    package func state(at now: Timestamp) -> DatedState {
        DatedState(
            state, isDefinitive: isSuspendedDefinitively, opens: settings.opens,
            closes: settings.closes, at: now)
    }

    /// Where it stands by its records alone: a log that is read has no present.
    package var undatedState: DatedState {
        DatedState(
            state, isDefinitive: isSuspendedDefinitively, opens: nil, closes: nil,
            at: Timestamp(milliseconds: 0))
    }
}

internal import Contract
internal import Exposition
internal import Ledger
internal import LockFree
internal import Time

/// How operations stand: their states, when covers are crossed, who waits.
extension OperationFamily {
    static let standing = [states, crossings, paces, waiting, withheldConnections]

    private static let states = OperationFamily { writer in
        writer.family(
            "portillon_operation_state", .gauge,
            help: "1 for the operation's state, its dates and its cap included, else 0.")
    } write: { reading, index, operation, writer in
        let (settings, board) = (operation.settings, reading.shared.board)
        let current = DatedState(
            board.state(of: index),
            isDefinitive: board.suspensionStatus(of: index)?.isDefinitive ?? false,
            opens: settings.opens, closes: settings.closes, at: reading.now
        ).capped(settings.isOver(at: board.counts(of: index)))
        for state in DatedState.allCases {
            writer.sample(UInt64(state == current ? 1 : 0)) { labels in
                labels.add("operation", operation.id)
                labels.add("state", state.name)
            }
        }
    }

    private static let crossings = OperationFamily { writer in
        writer.family(
            "portillon_cover_crossing_timestamp_seconds", .gauge, unit: "seconds",
            help: "When the cover is crossed at the current rate, 95 % interval; +Inf for never.")
    } write: { reading, index, operation, writer in
        let forecast = reading.shared.forecasts.forecast(of: index)
        let bounds: [(StaticString, Timestamp?)] = [
            ("earliest", forecast?.earliest), ("expected", forecast?.crossing),
            ("latest", forecast?.latest),
        ]
        for (bound, time) in bounds {
            writer.sample(time.map { Double($0.milliseconds) / 1_000 } ?? .infinity) { labels in
                labels.add("operation", operation.id)
                labels.add("bound", bound)
            }
        }
    }

    private static let paces = OperationFamily { writer in
        writer.family(
            "portillon_pace_per_second", .gauge,
            help: "Maximum entries a second; +Inf for an operation without a pace.")
    } write: { reading, index, operation, writer in
        if let pace = reading.shared.board.pace(of: index) {
            writer.sample(UInt64(pace)) { $0.add("operation", operation.id) }
        } else {
            writer.sample(Double.infinity) { $0.add("operation", operation.id) }
        }
    }

    private static let waiting = OperationFamily { writer in
        writer.family(
            "portillon_waiting", .gauge,
            help: "Tickets that wait for their turn.")
    } write: { reading, index, operation, writer in
        let board = reading.shared.board
        let hasPace = board.pace(of: index) != nil
        writer.sample(hasPace ? board.waiting(of: index) : 0) {
            $0.add("operation", operation.id)
        }
    }

    private static let withheldConnections = OperationFamily { writer in
        writer.family(
            "portillon_withheld_connections", .gauge,
            help: "Connections that wait unread because their operation is smoothed or suspended.")
    } write: { reading, index, operation, writer in
        writer.sample(UInt64(reading.shared.withheld.count(of: index))) {
            $0.add("operation", operation.id)
        }
    }
}

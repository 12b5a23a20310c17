internal import Bytes
internal import Exposition
internal import Ledger
internal import LockFree

/// Who pushes, and what the gate does: reasons, sources and answer times.
extension OperationFamily {
    static let pushing = [refusals, sources, durations]

    /// Operations whose answer times are written, the newest: 17 series each.
    private static var timedOperations: Int { 1_000 }
    /// Undeclared tags, those beyond the operation's bound, and none.
    private static let otherSources = "other"

    private static let refusals = OperationFamily { writer in
        writer.family(
            "portillon_refusals", .counter,
            help: "Entries refused since the process started, by operation and reason.")
    } write: { reading, index, operation, writer in
        let meter = reading.shared.instruments.operations
        for cause in RefusalCause.allCases {
            writer.sample(meter.refusals(cause, of: index)) { labels in
                labels.add("operation", operation.id)
                labels.add("reason", cause.code)
            }
        }
    }

    private static let sources = OperationFamily { writer in
        writer.family(
            "portillon_source_entries", .counter,
            help: "Entries accepted since the process started, by declared campaign tag.")
    } write: { reading, index, operation, writer in
        let board = reading.shared.sources
        let tags = board.tags(of: index)
        let counts = board.counts(tags.count, of: index)
        var others = counts[0]
        for (tag, count) in zip(tags, counts.dropFirst()) {
            // A tag may be called like the series of the others: then it is among them.
            guard tag.isDeclared, tag.source != otherSources else {
                others += count
                continue
            }
            others += tag.before
            writer.sample(count - tag.before) { labels in
                labels.add("operation", operation.id)
                labels.add("source", tag.source)
            }
        }
        writer.sample(others) { labels in
            labels.add("operation", operation.id)
            labels.add("source", otherSources)
        }
    }

    private static let durations = OperationFamily { writer in
        writer.family(
            "portillon_entry_duration_seconds", .histogram, unit: "seconds",
            help: "Time from an operation's complete entry to its answer, whatever the answer.")
    } members: { _, standing in
        Array(standing.suffix(timedOperations))
    } write: { reading, index, operation, writer in
        let times = reading.shared.instruments.operations.times(of: index)
        writer.histogram(
            times.cumulative, count: times.count, sum: times.nanoseconds, scale: .nanoseconds
        ) { $0.add("operation", operation.id) }
    }
}

internal import Contract
internal import Exposition
internal import Ledger
internal import LockFree

/// What is played.
extension OperationFamily {
    static let played = [entries, testEntries, participants, cover, missingNotices]

    private static let entries = OperationFamily { writer in
        writer.family(
            "portillon_entries", .counter,
            help: "Entries answered since the process started, by operation and verdict.")
    } write: { reading, index, operation, writer in
        for (number, verdict) in EntryVerdict.names.enumerated() {
            let count = reading.shared.instruments.verdicts(number, of: index)
            writer.sample(count) { labels in
                labels.add("operation", operation.id)
                labels.add("verdict", verdict)
            }
        }
    }

    private static let testEntries = OperationFamily { writer in
        writer.family(
            "portillon_test_entries", .counter,
            help: """
                Entries with a permit answered since the process started; of the other counts, \
                only portillon_shed, the durations and the reason permit_rate have them.
                """)
    } members: { reading, standing in
        // Most operations are never tested.
        let tested = Set(reading.catalogue.permits.map(\.operation))
        return standing.filter { tested.contains($0) }
    } write: { reading, index, operation, writer in
        for (number, verdict) in EntryVerdict.names.enumerated() {
            let count = reading.shared.instruments.testVerdicts(number, of: index)
            writer.sample(count) { labels in
                labels.add("operation", operation.id)
                labels.add("verdict", verdict)
            }
        }
    }

    private static let participants = OperationFamily { writer in
        writer.family(
            "portillon_participants", .gauge,
            help: "Participants of the operation since its creation or reset; exact.")
    } write: { reading, index, operation, writer in
        let counts = reading.shared.board.counts(of: index)
        writer.sample(UInt64(counts.participants)) { $0.add("operation", operation.id) }
    }

    private static let cover = OperationFamily { writer in
        writer.family(
            "portillon_cover", .gauge,
            help: "Participants that the operation's declarations allow for.")
    } write: { _, _, operation, writer in
        writer.sample(UInt64(operation.cover.participants)) {
            $0.add("operation", operation.id)
        }
    }

    /// Which notices operations lack (C1-C3).
    private static let missingNotices = OperationFamily { writer in
        writer.family(
            "portillon_missing_notice", .gauge,
            help: "1 while the operation lacks the notice, else 0.")
    } write: { reading, _, operation, writer in
        let missing = Set(operation.missingNotices(at: reading.now).map(\.kind))
        for kind in MissingNotice.Kind.allCases {
            writer.sample(UInt64(missing.contains(kind) ? 1 : 0)) { labels in
                labels.add("operation", operation.id)
                labels.add("notice", kind.rawValue)
            }
        }
    }
}

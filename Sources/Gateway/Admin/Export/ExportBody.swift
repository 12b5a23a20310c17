internal import Bytes
internal import Ledger
internal import Log
internal import Synchronization
internal import Vault

/// The body of an export that is asked for while the operation goes on. What it holds at a time is
/// what one batch of the log makes: so many entries are opened and written in one go.
final class ExportBody: BodyProducer {
    private let state: Mutex<State>

    /// - Parameters:
    ///   - secrets: as of ``OperationEntries``.
    ///   - keys: the front-end keys by their index, as they are at that moment: while this is read,
    ///     entries come in, also with keys that were made meanwhile.
    init(
        _ plan: OperationEntries.Plan, _ secrets: consuming OperationSecrets?,
        as format: ExportFormat, keys: @escaping @Sendable () -> [Catalogue.FrontEndKey]
    ) {
        state = Mutex(State(plan, secrets, format, keys))
    }

    func next() throws -> [UInt8]? {
        try state.withLock { state in try state.next() }
    }

    private struct State: ~Copyable {
        private var entries: OperationEntries
        private let format: ExportFormat
        private var keys: KeyNames
        private var summary = ExportSummary()
        /// Written, and not given out from `taken` on.
        private var written = ByteBuffer(capacity: usualBytes)
        private var taken = 0
        private var isWhole = false

        private static var pieceBytes: Int { 64 << 10 }
        /// What the buffer keeps for the next batch.
        private static var usualBytes: Int { 256 << 10 }
        /// Batches of one turn: some of them may have nothing of the operation.
        private static var batchesAtOnce: Int { 64 }

        init(
            _ plan: OperationEntries.Plan, _ secrets: consuming OperationSecrets?,
            _ format: ExportFormat, _ keys: @escaping @Sendable () -> [Catalogue.FrontEndKey]
        ) {
            entries = OperationEntries(plan, secrets)
            self.format = format
            self.keys = KeyNames(all: keys)
            if format == .csv { written.appendCSVHeader() }
        }

        mutating func next() throws -> [UInt8]? {
            if written.count - taken < Self.pieceBytes, !isWhole { try read() }
            let length = min(written.count - taken, Self.pieceBytes)
            if length == 0 { return isWhole ? nil : [] }
            let piece = written.bytes.extracting(taken..<(taken + length)).array
            taken += length
            return piece
        }

        private mutating func read() throws {
            forgetTaken()
            isWhole = try Self.read(&entries, format, &keys, &summary, &written)
            if isWhole, format == .ndjson {
                written.append(
                    jsonEnd: summary, of: entries.plan.id, readTo: entries.end)
            }
        }

        /// Moves what is left to the buffer's beginning.
        private mutating func forgetTaken() {
            written.removeFirst(taken)
            taken = 0
            guard written.count == 0, written.capacity > Self.usualBytes else { return }
            written = ByteBuffer(capacity: Self.usualBytes)
        }

        /// Takes the parts one by one, so that each is borrowed by itself.
        private static func read(
            _ entries: inout OperationEntries, _ format: ExportFormat, _ keys: inout KeyNames,
            _ summary: inout ExportSummary, _ written: inout ByteBuffer
        ) throws -> Bool {
            var batches = 0
            // What `goesOn` looks at: the buffer itself is being written.
            var length = written.count
            return try entries.read(
                while: {
                    batches += 1
                    return batches <= batchesAtOnce && length < pieceBytes
                },
                { entry, record, given, parts in
                    summary.add(entry)
                    let exported = try ExportedEntry(
                        entry, record, given, parts, keyID: keys.name(of: entry.command.key))
                    switch format {
                    case .ndjson: written.append(jsonLine: exported)
                    case .csv: written.append(csvLine: exported)
                    }
                    length = written.count
                })
        }
    }
}

/// The identifiers of front-end keys by their index.
struct KeyNames {
    private let all: @Sendable () -> [Catalogue.FrontEndKey]
    private var known: [Catalogue.FrontEndKey] = []

    init(all: @escaping @Sendable () -> [Catalogue.FrontEndKey]) {
        self.all = all
    }

    mutating func name(of index: UInt32) -> String {
        // The readers' catalogue knows a key before an entry can have it.
        if known.count <= Int(index) { known = all() }
        return known[Int(index)].id
    }
}

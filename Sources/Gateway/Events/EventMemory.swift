/// The last events, all of the records behind one and up to another: what streams are sent from.
/// What is older is read from the log.
struct EventMemory {
    private var events: [StreamedEvent] = []
    /// Every event of a record behind this one, up to ``end``, is here.
    private(set) var start: UInt64
    /// The last record whose event, if it brings one, is here.
    private(set) var end: UInt64

    /// Events that are kept: each has some hundred bytes.
    static var maximumEvents: Int { 1_000 }

    /// - Parameter record: the last one before those that come.
    init(after record: UInt64) {
        start = record
        end = record
    }

    /// Whether it keeps as many as it may: what is older does not fit.
    var isFull: Bool { events.count == Self.maximumEvents }

    /// Adds what came.
    /// - Parameter record: the last one that was looked at.
    mutating func append(_ fresh: [StreamedEvent], upTo record: UInt64) {
        events += fresh
        end = max(end, record)
        removeSurplus()
    }

    /// Adds what came before, read from the log.
    /// - Parameters:
    ///   - past: every event of the records behind `record`, up to `last`, and maybe more.
    mutating func prepend(_ past: [StreamedEvent], after record: UInt64, upTo last: UInt64) {
        // With a gap between them it is of no use; the memory may have moved on meanwhile.
        guard record < start, last >= start else { return }
        let start = self.start
        events = past.filter { $0.record > record && $0.record <= start } + events
        self.start = record
        removeSurplus()
    }

    private mutating func removeSurplus() {
        let surplus = events.count - Self.maximumEvents
        guard surplus > 0 else { return }
        start = events[surplus - 1].record
        events.removeFirst(surplus)
    }

    /// The next events behind a record that are selected.
    /// - Parameter maximumBytes: of them; one event is given in any case.
    /// - Returns: them, and the record up to which these are all; nil where the memory does not
    ///   reach back so far.
    func piece(
        after record: UInt64, _ selection: EventSelection, maximumBytes: Int
    ) -> (events: [StreamedEvent], end: UInt64)? {
        guard record >= start else { return nil }
        var piece: [StreamedEvent] = []
        var bytes = 0
        for event in events[firstIndex(behind: record)...] where selection.contains(event) {
            if bytes > 0, bytes + event.bytes.count > maximumBytes {
                return (piece, piece.last?.record ?? record)
            }
            piece.append(event)
            bytes += event.bytes.count
        }
        return (piece, max(record, end))
    }

    /// The place of the first event behind a record: they are in the order of the log.
    private func firstIndex(behind record: UInt64) -> Int {
        var (low, high) = (events.startIndex, events.endIndex)
        while low < high {
            let middle = (low + high) / 2
            if events[middle].record > record { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

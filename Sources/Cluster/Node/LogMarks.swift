/// Where batches of the log begin and how much stands before each, one for each so many bytes: by
/// them a leader knows below which batch the log may be trimmed.
struct LogMarks {
    private var marks: [(first: UInt64, bytesBefore: Int)] = []
    private var total = 0

    private let spacingBytes: Int

    init(spacingBytes: Int) {
        self.spacingBytes = spacingBytes
    }

    mutating func add(first: UInt64, bytes: Int) {
        if marks.last.map({ total - $0.bytesBefore >= spacingBytes }) ?? true {
            marks.append((first, total))
        }
        total += bytes
    }

    /// The latest batch with so many bytes from it on, and whose earlier ones are all below a
    /// record; nil where there is none. It is given until the marks before it are removed.
    /// - Parameter durable: records below it are in the journals of a majority.
    func trimPoint(below durable: UInt64, keeping bytes: Int) -> UInt64? {
        let place = marks.lastIndex { mark in
            mark.first <= durable && total - mark.bytesBefore >= bytes
        }
        // Below the first mark nothing is known of.
        return place.flatMap { $0 > 0 ? marks[$0].first : nil }
    }

    /// The log was trimmed below a batch.
    mutating func remove(before first: UInt64) { marks.removeAll { $0.first < first } }
}

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
    /// record; nil where there is none, or it was given before.
    /// - Parameter durable: records below it are in the journals of a majority.
    mutating func trimPoint(below durable: UInt64, keeping bytes: Int) -> UInt64? {
        guard let place = self.place(below: durable, keeping: bytes) else { return nil }
        marks.removeFirst(place)
        return marks[0].first
    }

    /// Whether ``trimPoint(below:keeping:)`` would give one.
    func hasTrimPoint(below durable: UInt64, keeping bytes: Int) -> Bool {
        place(below: durable, keeping: bytes) != nil
    }

    private func place(below durable: UInt64, keeping bytes: Int) -> Int? {
        let place = marks.lastIndex { mark in
            mark.first <= durable && total - mark.bytesBefore >= bytes
        }
        // Below the first mark nothing is known of.
        return place.flatMap { $0 > 0 ? $0 : nil }
    }
}

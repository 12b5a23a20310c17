internal import Availability

/// One page of records that have numbers: the number is the place that a page begins behind.
struct NumberedPage<Record: NumberedRecord> {
    private(set) var records: [Record] = []
    /// What the next page begins behind; nil on the last one.
    private(set) var next: String?

    /// - Parameters:
    ///   - all: in order of number; forgotten records leave gaps.
    ///   - isShown: whether a record belongs into the list.
    init(_ request: PageRequest, of all: [Record], where isShown: (Record) -> Bool = { _ in true })
    {
        for record in all where request.after.map({ record.number > $0 }) ?? true {
            guard isShown(record) else { continue }
            if records.count == request.limit {
                next = records.last.map { String($0.number) }
                return
            }
            records.append(record)
        }
    }
}

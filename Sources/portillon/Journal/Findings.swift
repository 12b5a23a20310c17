import Bytes
import Cryptography
import Log
internal import Time

/// The result of `journal verify` for a log that is not damaged.
struct Findings: Encodable {
    let journal: String
    let whole: Bool
    let segments: Int
    let batches: UInt64
    let records: UInt64
    let bytes: Int
    let firstSequence: UInt64?
    let lastSequence: UInt64?
    let firstTime: String?
    let lastTime: String?
    let chain: String
    let remarks: [String]

    init(_ report: RecoveryReport, of journal: JournalFolder, firstTime: Timestamp?) {
        self.journal = journal.path
        whole = report.tornTail == nil && report.shortBy == 0 && report.missing == nil
        segments = report.segments
        batches = report.batches
        records = report.records
        bytes = report.bytes
        firstSequence = report.records > 0 ? report.oldestSequence : nil
        lastSequence = report.records > 0 ? report.nextSequence - 1 : nil
        self.firstTime = firstTime?.rfc3339
        lastTime = report.lastTime?.rfc3339
        chain = report.chain.hexadecimal
        remarks = report.remarks + [journal.missing(before: report)].compactMap(\.self)
    }

    var text: String {
        var pairs = [
            ("journal", journal), ("segments", "\(segments)"), ("batches", "\(batches)"),
            ("records", "\(records)"),
        ]
        if let firstSequence, let firstTime {
            pairs.append(("first record", "\(firstSequence), \(firstTime)"))
        }
        if let lastSequence, let lastTime {
            pairs.append(("last record", "\(lastSequence), \(lastTime)"))
        }
        pairs.append(("chain", chain))
        return listing(pairs)
            + remarks.map { $0 + "\n" }.joined() + (whole ? "The journal is whole.\n" : "")
    }

    private enum CodingKeys: String, CodingKey {
        case journal, whole, segments, batches, records, bytes, chain, remarks
        case firstSequence = "first_sequence"
        case lastSequence = "last_sequence"
        case firstTime = "first_time"
        case lastTime = "last_time"
    }
}

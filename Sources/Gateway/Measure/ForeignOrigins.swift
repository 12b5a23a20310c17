internal import Bytes

/// Origins whose pages sent entries that their operation does not allow. What a page may send is
/// bounded here: so many bytes of an origin, printable ASCII.
final class ForeignOrigins: Sendable {
    /// One origin's entries for one operation.
    struct Page: Equatable, Sendable {
        let operation: UInt32
        let origin: String
    }

    private let tally = RefusalTally<Page>()

    static var originBytes: Int { 255 }

    /// Records that an entry was refused, as ``RefusalTally`` does.
    func record(_ origin: RawSpan, of operation: UInt32) {
        let origin = origin.extracting(0..<min(origin.byteCount, Self.originBytes))
        tally.record(
            where: { page in
                page.operation == operation && page.origin.withBytes { origin.equals($0) }
            },
            or: { Page(operation: operation, origin: Self.printable(origin)) })
    }

    /// What the log is to be told now.
    func due(at now: UInt64) -> (rows: [RefusalTally<Page>.Row], others: UInt64)? {
        tally.due(at: now)
    }

    /// A browser sends nothing else; somebody may.
    private static func printable(_ origin: RawSpan) -> String {
        var text = ByteBuffer(capacity: originBytes)
        for offset in 0..<origin.byteCount {
            let byte = origin[offset]
            text.append(byte > ASCII.space && byte < ASCII.delete ? byte : UInt8(ascii: "?"))
        }
        return text.text
    }
}

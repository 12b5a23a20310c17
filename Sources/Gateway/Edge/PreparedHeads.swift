internal import Bytes
internal import Wire

/// The beginnings of answers, as far as those of one status and type have them in common: each is
/// written when it is first asked for in a second, and copied for the rest of it.
struct PreparedHeads: ~Copyable {
    private var text = ByteBuffer(capacity: 4 << 10)
    /// By type, then by status; empty where nothing is prepared.
    private var ranges = ContiguousArray(
        repeating: ByteRange(), count: 2 * (Self.lastStatus - Self.firstStatus + 1))

    private static var firstStatus: Int { 200 }
    private static var lastStatus: Int { 599 }

    /// The types that nearly all answers have.
    enum ContentType: Int {
        case json, problem

        var text: StaticString {
            switch self {
            case .json: MediaType.json
            case .problem: MediaType.problem
            }
        }
    }

    /// Forgets everything: the date is another one.
    mutating func removeAll() {
        guard text.count > 0 else { return }
        text.removeAll()
        for index in ranges.indices { ranges[index] = ByteRange() }
    }

    /// Where the beginning of such answers is in ``bytes``.
    /// - Parameter usual: the fields that every answer has.
    mutating func range(
        of status: HTTPStatus, _ type: ContentType, usual: borrowing ByteBuffer
    ) -> Range<Int> {
        let index =
            type.rawValue * (Self.lastStatus - Self.firstStatus + 1) + status.code
            - Self.firstStatus
        if ranges[index].isEmpty {
            let start = text.count
            text.append(preparing: status, usual: usual.bytes, contentType: type.text)
            ranges[index] = ByteRange(start..<text.count)
        }
        return ranges[index].range
    }

    var bytes: RawSpan {
        @_lifetime(borrow self)
        get { text.bytes }
    }
}

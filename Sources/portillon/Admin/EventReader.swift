import Bytes
import Wire

/// Takes server-sent events (HTML, 9.2) apart as their bytes come.
struct EventReader {
    struct Event: Equatable {
        let name: String
        /// The number of the record that a reader resumes behind.
        let id: String?
        let data: JSONValue
    }

    /// The record behind which to go on; nil before the first that was named.
    private(set) var last: String?
    private var line: [UInt8] = []
    private var name = ""
    private var id: String?
    private var data = ""

    /// Bytes of one line: far more than a gateway's longest status has.
    private static var maximumLineBytes: Int { 16 << 20 }

    /// - Parameter last: the record that is known already; nil: what comes alone.
    init(last: UInt64?) {
        self.last = last.map { String($0) }
    }

    /// What a request says of what is known.
    var fields: [(name: StaticString, value: String)] {
        guard let last else { return [] }
        return [(name: "Last-Event-ID", value: last)]
    }

    /// Begins another answer: an event that had come in part comes again.
    mutating func startAnew() {
        line = []
        endEvent()
    }

    /// Reads a piece of the body.
    /// - Returns: the events that have come whole.
    /// - Throws: ``CommandFailure`` 74 where a line has no end.
    mutating func read(_ bytes: RawSpan) throws(CommandFailure) -> [Event] {
        var events: [Event] = []
        for byte in bytes.array {
            guard byte == 0x0A else {
                guard line.count < Self.maximumLineBytes else {
                    throw CommandFailure(
                        .inputOutput,
                        "a line of the gateway's events is longer than \(Self.maximumLineBytes) "
                            + "bytes; whatever answers there is no gateway")
                }
                line.append(byte)
                continue
            }
            if let event = endLine() { events.append(event) }
        }
        return events
    }

    private mutating func endLine() -> Event? {
        let text = String(decoding: line, as: UTF8.self)
        line.removeAll(keepingCapacity: true)
        guard !text.isEmpty else {
            defer { endEvent() }
            if let id { last = id }
            // What is no JSON is no event of the gateway's.
            let value = data.isEmpty ? nil : try? JSONValue(Array(data.utf8))
            guard let value else { return nil }
            return Event(name: name, id: id, data: value)
        }
        guard let colon = text.firstIndex(of: ":") else { return nil }
        var value = text[text.index(after: colon)...]
        if value.hasPrefix(" ") { value.removeFirst() }
        switch text[..<colon] {
        case "event": name = String(value)
        case "id": id = String(value)
        case "data": data += value
        // A comment has nothing before its colon.
        default: break
        }
        return nil
    }

    private mutating func endEvent() {
        name = ""
        id = nil
        data = ""
    }
}

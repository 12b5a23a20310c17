import Bytes
import Wire

/// Takes server-sent events (HTML, 9.2) apart as their bytes come.
struct EventReader {
    struct Event: Equatable {
        let name: String
        /// The number of its record; nil where it has none.
        let id: String?
        let data: JSONValue
    }

    /// The record of the last event; nil before the first.
    private(set) var last: String?
    private var line: [UInt8] = []
    private var name = ""
    private var id: String?
    private var data = ""

    /// - Parameter last: the record that is known already; nil: what comes alone.
    init(last: UInt64?) {
        self.last = last.map { String($0) }
    }

    /// Whether an event has come in part.
    var isCut: Bool { !line.isEmpty || !data.isEmpty }

    /// What a request says of what is known.
    var fields: [(name: StaticString, value: String)] {
        guard let last else { return [] }
        return [(name: "Last-Event-ID", value: last)]
    }

    /// Begins another answer.
    mutating func startAnew() {
        line = []
        endEvent()
    }

    /// Reads a piece of the body.
    /// - Returns: the events that have come whole.
    mutating func read(_ bytes: RawSpan) -> [Event] {
        var events: [Event] = []
        for byte in bytes.array {
            guard byte == 0x0A else {
                line.append(byte)
                continue
            }
            if let event = endLine() { events.append(event) }
        }
        return events
    }

    private mutating func endLine() -> Event? {
        let text = String(decoding: line, as: UTF8.self)
        line = []
        guard !text.isEmpty else {
            defer { endEvent() }
            // What is no JSON is no event of the gateway's.
            let value = data.isEmpty ? nil : try? JSONValue(Array(data.utf8))
            if let id { last = id }
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

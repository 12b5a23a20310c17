import Bytes
import Testing
import Wire

@testable import portillon

@Suite("Server-sent events are taken apart")
struct EventReaderTests {
    private static let stream =
        "retry: 1000\nid: 5\n:\n\nid: 7\nevent: step\ndata: {\"record\":7}\n\n"
        + "event: status\ndata: {}\n\nid: 9\nevent: source\ndata: {\"a\":\"b: c\"}\n\nid: 12\n:\n\n"

    private func read(_ text: String, _ reader: inout EventReader) -> [EventReader.Event] {
        // None instead of an error: what a test expects then is missing.
        Array(text.utf8).withBytes { try? reader.read($0) } ?? []
    }

    @Test("in pieces of any size", arguments: [1, 2, 3, 7, 1_000])
    func pieces(size: Int) {
        var reader = EventReader(last: nil)
        #expect(reader.fields.isEmpty)
        let bytes = Array(Self.stream.utf8)
        var events: [EventReader.Event] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            let piece = bytes[start..<min(start + size, bytes.count)]
            events += read(String(decoding: piece, as: UTF8.self), &reader)
        }
        #expect(events.map(\.name) == ["step", "status", "source"])
        #expect(events.map(\.id) == ["7", nil, "9"])
        #expect(events.last?.data["a"]?.string == "b: c")
        // A number without an event is one to go on behind, too.
        #expect(reader.fields.map(\.value) == ["12"])
    }

    @Test("one that breaks off is not counted, and nothing of it is left")
    func cut() {
        var reader = EventReader(last: 3)
        #expect(read("id: 7\nevent: step\ndata: {}\n", &reader).isEmpty)
        reader.startAnew()
        #expect(reader.fields.map(\.value) == ["3"])
        let events = read("event: source\ndata: {}\n\n", &reader)
        #expect(events.map(\.name) == ["source"] && events.map(\.id) == [nil])
    }

    @Test("a person reads one line: time, record, name, type, figures")
    func line() throws {
        let body =
            #"{"data":{"by":"ladder","operation":"ete","per_second":40,"record":7},"#
            + #""timestamp":"2026-11-20T12:00:12.345Z","type":"operation.smoothed"}"#
        let event = EventReader.Event(
            name: "step", id: "7", data: try JSONValue(Array(body.utf8)))
        #expect(
            EventsCommand.line(of: event, forTerminal: true)
                == "2026-11-20T12:00:12.345Z  #7  step        operation.smoothed  by=ladder  "
                + "operation=ete  per_second=40")
        #expect(
            EventsCommand.line(of: event, forTerminal: false)
                == "2026-11-20T12:00:12.345Z\t7\tstep\toperation.smoothed\tby=ladder\t"
                + "operation=ete\tper_second=40")
    }
}

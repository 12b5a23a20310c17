import Bytes
import Testing
import Wire

@testable import portillon

@Suite("Server-sent events are taken apart")
struct EventReaderTests {
    private static let stream =
        "id: 5\n:\n\nid: 7\nevent: step\ndata: {\"record\":7}\n\n"
        + "event: status\ndata: {}\n\nid: 9\nevent: pace\ndata: {\"a\":\"b: c\"}\n\n"

    @Test("in pieces of any size", arguments: [1, 2, 3, 7, 1_000])
    func pieces(size: Int) {
        var reader = EventReader(last: nil)
        #expect(reader.fields.isEmpty)
        let bytes = Array(Self.stream.utf8)
        var events: [EventReader.Event] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            let piece = Array(bytes[start..<min(start + size, bytes.count)])
            events += piece.withBytes { reader.read($0) }
        }
        #expect(events.map(\.name) == ["step", "status", "pace"])
        #expect(events.map(\.id) == ["7", nil, "9"])
        #expect(events.last?.data["a"]?.string == "b: c")
        #expect(reader.fields.map(\.value) == ["9"])
        #expect(!reader.isCut)
    }

    @Test("one that breaks off is not counted")
    func cut() {
        var reader = EventReader(last: 3)
        let events = Array("id: 7\nevent: step\ndata: {}\n".utf8).withBytes { reader.read($0) }
        #expect(events.isEmpty)
        #expect(reader.isCut)
        reader.startAnew()
        #expect(!reader.isCut)
        #expect(reader.fields.map(\.value) == ["3"])
    }
}

import Benchmark
import Bytes
import Wire

/// Requests and bodies, whole in memory, as a worker's inbox has them nearly always.
func parsers() -> [String] {
    let bodyBytes = EntryText.body.utf8.count
    let longBodyBytes = EntryText.longBody.utf8.count
    return [
        measure("request parser: an entry, 7 fields", .kilo) {
            { try parse(EntryText.request, fields: 7, $0) }
        },
        measure("request parser: an entry, 40 fields", .kilo) {
            { try parse(EntryText.longRequest, fields: 40, $0) }
        },
        measure("JSON parser: an entry's body, \(bodyBytes) bytes", .kilo) {
            { try parse(EntryText.body, nodes: 9, $0) }
        },
        measure("JSON parser: a long entry's body, \(longBodyBytes) bytes", .kilo) {
            { try parse(EntryText.longBody, nodes: 93, $0) }
        },
    ]
}

private func parse(_ text: String, fields: Int, _ benchmark: Benchmark) throws {
    var inbox = ByteBuffer.of(text)
    var parser = RequestParser(limits: .entry)
    var complete = 0
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations {
        parser.reset()
        var bytes = inbox.mutableBytes
        if parser.parse(&bytes) == .complete { complete += parser.fieldCount }
    }
    benchmark.stopMeasurement()
    try Wrong.unless(UInt64(complete), is: UInt64(fields * 1_000), "fields of complete requests")
}

private func parse(_ text: String, nodes: Int, _ benchmark: Benchmark) throws {
    let body = ByteBuffer.of(text)
    var document = JSONDocument(nodeCapacity: 1_024)
    var parsed = 0
    benchmark.startMeasurement()
    for _ in benchmark.scaledIterations {
        if document.parse(body.bytes) == nil { parsed += document.nodeCount }
    }
    benchmark.stopMeasurement()
    try Wrong.unless(UInt64(parsed), is: UInt64(nodes * 1_000), "nodes of documents")
}

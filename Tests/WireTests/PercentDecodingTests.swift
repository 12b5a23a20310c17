import Bytes
import Testing
import Wire

@Suite("Percent-encoding of a path")
struct PercentDecodingTests {
    @Test(
        "an unreserved octet is the same however it is written; others stay as they are",
        arguments: [
            ("/v1/operations/ete%2D2026", "/v1/operations/ete-2026"), ("%41%5a%61%7A", "AZaz"),
            ("%30%39%2e%5F%7e", "09._~"), ("%2F%3F%23%25%20%00%FF", "%2F%3F%23%25%20%00%FF"),
            ("%", "%"), ("%2", "%2"), ("%2D", "-"), ("a%2", "a%2"), ("%%2D", "%-"),
            ("%252D", "%252D"), ("%zz%2g", "%zz%2g"), ("", ""), ("/", "/"), ("%5B%60", "%5B%60"),
        ])
    func decoding(path: String, decoded: String) {
        var buffer = ByteBuffer(capacity: 0)
        path.withBytes { buffer.append(decodingUnreserved: $0) }
        #expect(buffer.bytes.text == decoded)
    }
}

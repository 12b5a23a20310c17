import Bytes
import Exposition

/// `Accept` and `Accept-Encoding`: any bytes are answered, and alike where they mean the same.
enum AcceptTarget {
    @Sendable static func run(_ input: [UInt8]) throws {
        let format = format(input)
        let isGzip = isGzip(input)
        let text = String(decoding: lowercased(input), as: UTF8.self)
        try require(
            format == .prometheus || text.contains("openmetrics") || text.contains("*"),
            "OpenMetrics for who did not name it")
        try require(!isGzip || text.contains("gzip") || text.contains("*"), "gzip unasked")
        try requireSame(lowercased(input), format, isGzip, "in lower case")
        // Behind an open quote a comma is text.
        if input.contains(0x22) { return }
        for added in ["", ",", " , ,", ", x/y;q=1", ",x/y;a=b;q=0.5,"] {
            try requireSame(input + Array(added.utf8), format, isGzip, "before \(added)")
        }
        for added in [",", " ,\t,", "x/y;q=1,"] {
            try requireSame(Array(added.utf8) + input, format, isGzip, "behind \(added)")
        }
        let isStillGzip = AcceptTarget.isGzip(input + Array(",identity;q=1".utf8))
        try require(!isStillGzip || isGzip, "gzip because identity is liked too")
    }

    private static func requireSame(
        _ field: [UInt8], _ format: MetricsFormat, _ isGzip: Bool, _ what: String
    ) throws {
        try require(AcceptTarget.format(field) == format, "another format \(what)")
        try require(AcceptTarget.isGzip(field) == isGzip, "another encoding \(what)")
    }

    private static func format(_ field: [UInt8]) -> MetricsFormat {
        field.withBytes { AcceptNegotiation.format(accept: $0) }
    }

    private static func isGzip(_ field: [UInt8]) -> Bool {
        field.withBytes { AcceptNegotiation.wantsGzip(acceptEncoding: $0) }
    }
}

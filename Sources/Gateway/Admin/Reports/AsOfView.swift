internal import Cryptography
internal import Time

/// What a report rests on: whoever has the log can make it again, and compare.
struct AsOfView: Encodable {
    let sequence: UInt64
    let chain: String
    let until: String

    init(_ position: ReportPosition) {
        sequence = position.sequence
        chain = position.chain.hexadecimal
        until = position.until.rfc3339
    }

    static let shape = Shape.object([
        .required("sequence", .count, "The number of the last record that it rests on."),
        .required("chain", .text(64...64), "The log's chain value behind that record's batch."),
        .required("until", .time, "What was not over by then is not in it."),
    ])

    /// Members that each report has.
    static let members: [Shape.Member] = [
        .required("report", .choice(of: ReportKind.self)),
        .required("format", .integer(1...99), "Changes when the report changes its shape."),
        .required(
            "as_of", shape,
            "portillon evidence verify makes the report from the log again, and compares."),
    ]
}

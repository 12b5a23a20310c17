import Testing

/// The gateway as its users meet it: a process, sockets, a directory. Nothing of its inside is
/// imported here; what is expected is what the interface's documents say.
///
/// One test at a time: each has a gateway of its own, and some measure how long it takes to end.
@Suite(
    "End to end", .serialized,
    .enabled(if: Gateway.exists, "there is no Sources/portillon in this revision"))
enum EndToEnd {}

/// Whether a text is a time as everywhere in the interface: `2026-11-20T12:00:00.000Z`.
func isTimestamp(_ text: String?) -> Bool {
    text?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil
}

/// Holds an answer to the form of an error (RFC 9457) with this status, and this code if given.
func expectProblem(
    _ answer: HTTPAnswer, _ status: Int, code: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let found = answer.json["code"]?.string ?? "(none)"
    #expect(answer.status == status, "\(answer)", sourceLocation: sourceLocation)
    // What is not refused at all is not in the form of a refusal either: one line is enough.
    if answer.status != status { return }
    #expect(
        answer["content-type"]?.hasPrefix("application/problem+json") == true, "\(answer)",
        sourceLocation: sourceLocation)
    #expect(
        answer.json["type"]?.string == "urn:portillon:problem:\(found)", "\(answer)",
        sourceLocation: sourceLocation)
    #expect(answer.json["status"]?.integer == status, "\(answer)", sourceLocation: sourceLocation)
    for name in ["title", "detail"] {
        #expect(
            answer.json[name]?.string?.isEmpty == false, "\(name): \(answer)",
            sourceLocation: sourceLocation)
    }
    if let code {
        #expect(found == code, "\(answer)", sourceLocation: sourceLocation)
    }
}

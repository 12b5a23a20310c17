import Testing

@testable import Gateway

/// What the head of an entry's request looks like.
enum EntrySender: CaseIterable, CustomTestStringConvertible, Sendable {
    /// No `User-Agent`, as of a program that hides its name.
    case unknown
    case curl
    case python
    /// A page's script in Chromium 156, as it was captured.
    case chromium

    var testDescription: String { "\(self)" }

    /// The entry as a request of a page on this machine, or of a program.
    func request(_ body: String, to operation: TestOperation, fields: String = "") -> String {
        switch self {
        case .unknown: return operation.request(body, fields: fields)
        case .curl:
            return operation.request(
                body, fields: "User-Agent: curl/8.14.1\r\nAccept: */*\r\n" + fields)
        case .python:
            return operation.request(
                body,
                fields: "User-Agent: python-requests/2.32.3\r\nAccept-Encoding: gzip, deflate\r\n"
                    + "Accept: */*\r\n" + fields)
        case .chromium: return Self.page(body, to: operation, fields: fields)
        }
    }

    /// Chromium's name.
    static let browser =
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        + "Chrome/156.0.0.0 Safari/537.36"

    /// The request of a page's script in Chromium.
    static func page(
        _ body: String, to operation: TestOperation, language: String = "en-US,en;q=0.9",
        fields: String = ""
    ) -> String {
        let head = [
            "POST /v1/operations/\(operation.name)/entries HTTP/1.1", "Host: localhost:8080",
            "Connection: keep-alive", "Content-Length: \(body.utf8.count)",
            "sec-ch-ua-platform: \"Linux\"", "Authorization: Bearer \(operation.key)",
            "User-Agent: \(browser)",
            "sec-ch-ua: \"Not:A-Brand\";v=\"8\", \"Chromium\";v=\"156\"",
            "Content-Type: application/json", "sec-ch-ua-mobile: ?0", "Accept: */*",
            "Origin: http://localhost:8080", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: cors",
            "Sec-Fetch-Dest: empty", "Referer: http://localhost:8080/",
            "Accept-Encoding: gzip, deflate, br, zstd", "Accept-Language: \(language)",
        ]
        return head.joined(separator: "\r\n") + "\r\n" + fields + "\r\n" + body
    }
}

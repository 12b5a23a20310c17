internal import Bytes

/// A request as its caller thinks of it; the client adds what frames it.
package struct HTTPRequest: Sendable {
    package var method: String
    /// The path's parts behind the base URL's own, unescaped.
    package var path: [String]
    /// The request's target as it goes over the wire, in place of the base URL's path, ``path`` and
    /// ``query``; nil: made of those.
    package var target: String?
    /// The query's parameters in their order, unescaped.
    package var query: [(name: String, value: String)] = []
    /// Fields beside `Host`, `Connection` and `Content-Length`.
    package var fields: [(name: StaticString, value: String)] = []
    package var body: [UInt8] = []

    package init(_ method: String, _ path: [String]) {
        self.method = method
        self.path = path
    }

    /// Appends the request as it goes over the wire.
    /// - Parameter isLast: whether the connection ends behind its answer.
    /// - Throws: ``HTTPClientError/unusable(_:)`` where the path or a value cannot be sent.
    func append(
        to base: BaseURL, isLast: Bool, _ buffer: inout ByteBuffer
    ) throws(HTTPClientError) {
        precondition(
            !method.isEmpty && method.utf8.allSatisfy { $0 >= 0x41 && $0 <= 0x5A },
            "a method is of A to Z")
        var target = base.pathPrefix
        for part in path {
            guard let escaped = PathSegment.escaped(part) else {
                throw .unusable("\"\(part)\" cannot be part of a request's path")
            }
            target += "/" + escaped
        }
        if target.isEmpty { target = "/" }
        for (index, parameter) in query.enumerated() {
            target += index == 0 ? "?" : "&"
            target += PathSegment.percentEncoded(parameter.name)
            target += "=" + PathSegment.percentEncoded(parameter.value)
        }
        if let given = self.target {
            guard given.hasPrefix("/"), given.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw .unusable("the target of the request cannot be sent")
            }
            target = given
        }
        buffer.append("\(method) \(target) HTTP/1.1\r\nHost: \(base.authority)\r\n")
        if isLast { buffer.append("Connection: close\r\n" as StaticString) }
        for (name, value) in fields {
            // A line break here would begin another field, or another request.
            guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
                throw .unusable("the value of \(name) has characters that cannot be sent")
            }
            buffer.append("\(name): \(value)\r\n")
        }
        // A request without a body says so only where one would be expected (RFC 9110, 8.6).
        if !body.isEmpty || method == "POST" || method == "PUT" {
            buffer.append("Content-Length: \(body.count)\r\n")
        }
        buffer.append("\r\n" as StaticString)
        body.withBytes { buffer.append($0) }
    }
}

/// An answer that has come whole.
package struct HTTPAnswer: Equatable, Sendable {
    /// 200 to 599. A redirect (3xx) is an answer like any other: nothing follows it.
    package let status: Int
    /// `Content-Type`; nil without it.
    package let contentType: String?
    package let body: [UInt8]
}

/// A request that is well formed, as text.
struct HTTPRequest {
    var method: String
    var target: String
    var fields: [(name: String, value: String)]
    var body: String?

    init(
        _ method: String, _ target: String, _ fields: [(name: String, value: String)] = [],
        body: String? = nil
    ) {
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
    }

    var text: String {
        var lines = ["\(method) \(target) HTTP/1.1", "Host: 127.0.0.1"]
        lines += fields.map { "\($0.name): \($0.value)" }
        if let body {
            lines.append("Content-Length: \(body.utf8.count)")
            let isTyped = fields.contains { $0.name.lowercased() == "content-type" }
            if !isTyped { lines.append("Content-Type: application/json") }
        }
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")
    }
}

import Foundation
import TestSupport
import Testing

extension Gateway {
    /// The token that the first start wrote.
    var token: String {
        directory.text("data/admin.token").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// One request to the admin listener, with the admin token unless told otherwise.
    func admin(
        _ method: String, _ path: String, _ body: String? = nil, token: String? = nil,
        fields: [(name: String, value: String)] = []
    ) throws -> HTTPAnswer {
        let credentials = (name: "Authorization", value: "Bearer \(token ?? self.token)")
        let request = HTTPRequest(method, path, [credentials] + fields, body: body)
        return try adminConnection().exchange(request.text)
    }

    /// Requests to the admin listener over several connections, so that one sync serves them all;
    /// each must succeed. What is in hand at once is in no order.
    func adminAtOnce(_ requests: [HTTPRequest]) throws {
        let credentials = (name: "Authorization", value: "Bearer \(token)")
        let connections = try (0..<16).map { _ in try adminConnection() }
        for start in stride(from: 0, to: requests.count, by: connections.count) {
            let some = zip(connections, requests[start...])
            for (connection, request) in some {
                var request = request
                request.fields.append(credentials)
                try connection.send(request.text)
            }
            for (connection, request) in some {
                let answer = try connection.receive()
                try #require(answer.status / 100 == 2, "\(request.target): \(answer)")
            }
        }
    }

    /// A new connection to the admin listener.
    func adminConnection() throws -> HTTPConnection {
        if let adminTLS { return try HTTPConnection(port: adminPort, adminTLS) }
        return try HTTPConnection(port: adminPort)
    }

    /// Declares a client and an operation and makes a key; the operation stays a draft.
    /// - Parameter settings: members of the operation's JSON object besides client and title, as
    ///   `"rule": "once"`; they go before the defaults.
    func declareOperation(
        _ name: String = "ete", rule: String = "once", settings: String = ""
    ) throws -> Operation {
        let client = try admin("PUT", "/v1/clients/acme", #"{"name":"Acme"}"#)
        try #require((200..<300).contains(client.status), "\(client)")
        var members = #""client":"acme","title":"Été","rule":"\#(rule)","policy":"advise""#
        if !settings.contains("\"robots\"") { members += #","robots":"off""# }
        if !settings.isEmpty { members += "," + settings }
        let operation = try admin("PUT", "/v1/operations/\(name)", "{\(members)}")
        try #require((200..<300).contains(operation.status), "\(operation)")
        return try makeKey(for: name)
    }

    /// Declares an operation and opens it.
    func openOperation(
        _ name: String = "ete", rule: String = "once", settings: String = ""
    ) throws -> Operation {
        let operation = try declareOperation(name, rule: rule, settings: settings)
        let opened = try admin("POST", "/v1/operations/\(name)/open", "{}")
        try #require((200..<300).contains(opened.status), "\(opened)")
        return operation
    }

    /// Makes one more key for an operation.
    func makeKey(for name: String) throws -> Operation {
        let answer = try admin("POST", "/v1/operations/\(name)/keys", "{}")
        let key = try #require(answer.json["key"]?.string, "\(answer)")
        let identifier = try #require(answer.json["key_id"]?.string, "\(answer)")
        #expect(key.hasPrefix("pk_"))
        return Operation(name: name, key: key, keyIdentifier: identifier)
    }

    /// What the admin listener says of an operation.
    func state(of operation: Operation) throws -> JSON {
        let answer = try admin("GET", "/v1/operations/\(operation.name)")
        try #require(answer.status == 200, "\(answer)")
        return answer.json
    }

    /// A new connection to the public listener.
    func connect() throws -> HTTPConnection {
        if let tls { return try HTTPConnection(port: port, tls) }
        return try HTTPConnection(port: port)
    }

    /// One entry over a connection of its own.
    func post(_ entry: HTTPRequest) throws -> HTTPAnswer {
        try connect().exchange(entry.text)
    }
}

/// An operation and a key to enter it with.
struct Operation: Sendable {
    var name: String
    var key: String
    var keyIdentifier: String

    var path: String { "/v1/operations/\(name)/entries" }

    /// An entry as a front end posts it.
    /// - Parameters:
    ///   - members: more members of the JSON object, as `"source": "tv"`.
    ///   - fields: more header fields.
    func entry(
        _ participant: String, members: String = "", fields: [(name: String, value: String)] = []
    ) -> HTTPRequest {
        let rest = members.isEmpty ? "" : "," + members
        return request(
            body: "{\"participant\":\(JSON.literal(participant))\(rest)}", fields: fields)
    }

    /// A post of any body to the operation's entries.
    func request(
        body: String, fields: [(name: String, value: String)] = []
    ) -> HTTPRequest {
        let own = [
            (name: "Authorization", value: "Bearer \(key)"),
            (name: "User-Agent", value: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"),
            (name: "Accept-Language", value: "fr-FR,fr;q=0.9"),
            (name: "Accept-Encoding", value: "gzip, deflate, br"),
        ]
        return HTTPRequest("POST", path, own + fields, body: body)
    }
}

import Bytes
import Testing
import Wire

@testable import AdminClient

@Suite("The admin API, asked")
struct AdminAPITests {
    private func api(_ server: ScriptedServer, token: String? = "t0ken") throws -> AdminAPI {
        AdminAPI(try HTTPClient(BaseURL("http://127.0.0.1:\(server.port)")), token: token)
    }

    private func answer(_ status: String, _ body: String) -> String {
        "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test("JSON goes there with the token, and JSON comes back")
    func json() throws {
        let text = answer("201 Created", #"{"key":"pk_1","n":7}"#)
        try withServer(script: answering(text)) { server in
            let body = JSONValue.object(["b": .bool(true), "a": .array([.integer(1)])])
            let found = try api(server).json("POST", ["v1", "x"], body, withinSeconds: 60)
            #expect(found == .object(["key": .string("pk_1"), "n": .integer(7)]))
            let request = server.requests.first ?? ""
            #expect(request.contains("\r\nAuthorization: Bearer t0ken\r\n"))
            #expect(request.contains("\r\nContent-Type: application/json\r\n"))
            #expect(request.hasSuffix("\r\n\r\n" + #"{"a":[1],"b":true}"#))
            _ = try api(server, token: nil).json("GET", ["v1"], withinSeconds: 60)
            #expect(server.requests.last?.contains("Authorization") == false)
        }
    }

    @Test("bytes come as they are, of the kind and in the language that were asked for")
    func bytes() throws {
        try withServer(script: answering(answer("200 OK", "<p>\u{0}"))) { server in
            let whole = try api(server).bytes(["page"], accept: "text/html", withinSeconds: 60)
            #expect(whole == Array("<p>\u{0}".utf8))
            var found: [UInt8] = []
            try api(server).stream(
                ["page"], accept: "text/html", language: "fr", silentSeconds: 60
            ) { found += $0.array }
            #expect(found == Array("<p>\u{0}".utf8))
            #expect(server.requests.first?.contains("\r\nAccept: text/html\r\n") == true)
            #expect(server.requests.last?.contains("\r\nAccept-Language: fr\r\n") == true)
        }
    }

    @Test("a refusal is told with its problem, and what is no gateway as that")
    func refusals() throws {
        func reason(_ text: String) throws -> AdminAPIError.Reason? {
            try withServer(script: answering(text)) { server in
                let error = #expect(throws: AdminAPIError.self) {
                    try api(server).json("GET", ["v1", "x"], withinSeconds: 60)
                }
                let url = "http://127.0.0.1:\(server.port)/v1/x"
                #expect(error?.request == "GET \(url)")
                #expect(error?.description.hasPrefix("GET \(url): ") == true)
                return error?.reason
            }
        }
        let problem = JSONValue.object(["code": .string("unauthorized")])
        #expect(
            try reason(answer("401 Unauthorized", #"{"code":"unauthorized"}"#))
                == .refused(status: 401, problem: problem))
        #expect(try reason(answer("502 Bad Gateway", "<html>")) == .notJSON(status: 502))
        #expect(try reason(answer("200 OK", "<html>")) == .notJSON(status: 200))
        #expect(try reason(answer("302 Found", "")) == .notJSON(status: 302))
        let broken = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"a\":"
        #expect(try reason(broken) == .brokenJSON(status: 200))
        #expect(try reason("") == .noAnswer(.closed(nil)))
    }

    @Test("an answer without a body is null")
    func noContent() throws {
        try withServer(script: answering("HTTP/1.1 204 No Content\r\n\r\n")) { server in
            let found = try api(server).json("DELETE", ["x"], withinSeconds: 60)
            #expect(found == .null)
        }
    }
}

import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// A real browser decides what a page may read; a client written for tests reads everything.
    @Suite(
        "A page in Chromium reads every answer of the public listener",
        .enabled(if: Browser.path != nil, "chromium is missing: ops/dependencies browser"))
    struct BrowserTests {
        /// A request of the page.
        private struct Request {
            var name: String
            /// The path, and what `fetch` is given: JavaScript.
            var path: String
            var options: String
            /// The status that the page must be able to read.
            var status: Int
        }

        private func requests(_ open: Operation, _ closed: Operation) -> [Request] {
            let body = "body: JSON.stringify({participant: 'anne'})"
            func post(_ key: String, _ more: String = "", _ body: String = body) -> String {
                """
                {method: 'POST', headers: {'Authorization': 'Bearer \(key)', \
                'Content-Type': 'application/json', 'traceparent': '00-1-1-01', \
                'x-requested-with': 'page' \(more)}, \(body)}
                """
            }
            let large = "body: JSON.stringify({participant: 'a'.repeat(100000)})"
            let long = ", 'x-long': 'a'.repeat(60000)"
            return [
                Request(name: "accepted", path: open.path, options: post(open.key), status: 201),
                Request(name: "repeated", path: open.path, options: post(open.key), status: 200),
                Request(name: "no key", path: open.path, options: post("pk_no"), status: 401),
                Request(
                    name: "foreign origin", path: closed.path, options: post(closed.key),
                    status: 403),
                Request(
                    name: "unknown operation", path: "/v1/operations/none/entries",
                    options: post(open.key), status: 404),
                Request(name: "unknown path", path: "/none", options: "{}", status: 404),
                Request(
                    name: "method", path: open.path, options: "{method: 'DELETE'}", status: 405),
                Request(
                    name: "length", path: open.path, options: post(open.key, "", large),
                    status: 413),
                Request(
                    name: "type", path: open.path,
                    options: "{method: 'POST', body: 'text', headers: "
                        + "{'Authorization': 'Bearer \(open.key)'}}",
                    status: 415),
                Request(
                    name: "shape", path: open.path, options: post(open.key, "", "body: '[]'"),
                    status: 422),
                Request(
                    name: "head", path: open.path, options: post(open.key, long), status: 431),
                Request(
                    name: "operation", path: "/v1/operations/\(open.name)", options: "{}",
                    status: 200),
                Request(name: "health", path: "/healthz", options: "{}", status: 200),
                Request(name: "readiness", path: "/readyz", options: "{}", status: 200),
            ]
        }

        private func page(_ requests: [Request], _ gateway: Gateway) -> String {
            let list = requests.map { "['\($0.name)', '\($0.path)', \($0.options)]" }
            return """
                <!doctype html><meta charset="utf-8"><title>test</title><pre></pre><script>
                (async () => {
                  const found = {};
                  for (const [name, path, options] of [\(list.joined(separator: ",\n"))]) {
                    try {
                      const url = 'http://127.0.0.1:\(gateway.port)' + path;
                      const answer = await fetch(url, options);
                      await answer.text();
                      found[name] = String(answer.status);
                    } catch (error) { found[name] = String(error); }
                  }
                  const text = 'found:' + btoa(JSON.stringify(found));
                  document.querySelector('pre').textContent = text;
                })();
                </script>
                """
        }

        @Test("statuses are readable, refusals too: none is a TypeError")
        func readable() throws {
            let gateway = try Gateway()
            try gateway.start()
            let open = try gateway.openOperation()
            let closed = try gateway.openOperation(
                "closed", settings: #""allowed_origins":["https://jeu.example.fr"]"#)
            let requests = requests(open, closed)
            let body = page(requests, gateway)
            let server = try FakeServer([
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
            ])
            defer { server.stop() }
            let document = try Browser.document(
                "http://127.0.0.1:\(server.port)/", in: gateway.directory)
            let found = try #require(document.firstMatch(of: /found:([A-Za-z0-9+\/=]+)/)?.1)
            let decoded = try #require(Data(base64Encoded: String(found)))
            let statuses = try JSONDecoder().decode([String: String].self, from: decoded)
            for request in requests {
                #expect(
                    statuses[request.name] == String(request.status),
                    "\(request.name): \(statuses[request.name] ?? "nothing")")
            }
            #expect(try gateway.stop() == .exit(0))
        }
    }
}

/// Chromium, as Debian has it.
enum Browser {
    static let path = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// What a page's document is once nothing is under way.
    static func document(_ url: String, in directory: TemporaryDirectory) throws -> String {
        let path = try #require(path)
        var environment = ProcessInfo.processInfo.environment
        environment["HOME"] = directory.path("home")
        let process = try ChildProcess(
            [
                path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--user-data-dir=\(directory.path("browser"))", "--virtual-time-budget=30000",
                "--dump-dom", url,
            ], environment: environment, output: directory.path("document"),
            errors: directory.path("browser.log"))
        let ending = process.wait(atMostSeconds: 120)
        try #require(ending == .exit(0), "\(directory.text("browser.log").suffix(2_000))")
        return directory.text("document")
    }
}

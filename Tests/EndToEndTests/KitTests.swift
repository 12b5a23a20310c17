import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// What a browser does with the kit and the game is seen by `ops/front-end/check`.
    @Suite("The front-end kit is served where it is asked for, from the files of the repository")
    struct KitTests {
        private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "ops/front-end")

        private static let types = [
            "portillon.js": "text/javascript; charset=utf-8",
            "portillon-words.js": "text/javascript; charset=utf-8",
            "portillon-worker.js": "text/javascript; charset=utf-8",
            "portillon.d.ts": "text/plain; charset=utf-8",
            "portillon-words.d.ts": "text/plain; charset=utf-8",
        ]

        private static func bytes(of name: String) throws -> [UInt8] {
            [UInt8](try Data(contentsOf: folder.appending(path: name)))
        }

        private func get(
            _ gateway: Gateway, _ path: String, _ fields: [(name: String, value: String)] = [],
            method: String = "GET"
        ) throws -> HTTPAnswer {
            try gateway.connect().exchange(
                HTTPRequest(method, path, fields).text, toHead: method == "HEAD")
        }

        @Test("without the setting there is no such path")
        func off() throws {
            try withGateway { gateway in
                for path in ["/kit/portillon.js", "/kit/", "/demo/", "/demo/game.json"] {
                    expectProblem(try get(gateway, path), 404, code: "not_found")
                }
            }
        }

        @Test("each file has its bytes, its type, and its place in the index")
        func files() throws {
            try withGateway(options: ["--kit", "true"]) { gateway in
                let index = try get(gateway, "/kit/")
                #expect(index["content-type"] == "application/json", "\(index)")
                guard case .object(let members)? = index.json["files"] else {
                    Issue.record("\(index)")
                    return
                }
                #expect(Set(members.keys) == Set(Self.types.keys))
                for (name, type) in Self.types {
                    let file = try #require(members[name])
                    let path = try #require(file["path"]?.string)
                    let own = try Self.bytes(of: name)
                    #expect(file["bytes"]?.integer == own.count)
                    for (path, caching) in [
                        (path, "public, max-age=31536000, immutable"),
                        ("/kit/" + name, "no-cache"),
                    ] {
                        let answer = try get(gateway, path)
                        #expect(answer.status == 200 && answer.body == own, "\(path)")
                        #expect(answer["content-type"] == type, "\(path)")
                        #expect(answer["cache-control"] == caching, "\(path)")
                        #expect(answer["x-content-type-options"] == "nosniff")
                        #expect(answer["vary"]?.contains("Accept-Encoding") == true)
                        let head = try get(gateway, path, method: "HEAD")
                        #expect(head["content-length"] == "\(own.count)" && head.body.isEmpty)
                    }
                    try expectIntegrity(file["integrity"]?.string, of: name, gateway)
                }
            }
        }

        /// As the system's own tool has it.
        private func expectIntegrity(
            _ integrity: String?, of name: String, _ gateway: Gateway
        ) throws {
            let path = Self.folder.appending(path: name).path
            let process = try ChildProcess(
                ["/bin/sh", "-c", "sha256sum '\(path)'"], environment: ["PATH": "/usr/bin:/bin"],
                output: gateway.directory.path(name), errors: gateway.directory.path("sum.errors"))
            #expect(process.wait(atMostSeconds: 30) == .exit(0))
            let digits = String(gateway.directory.text(name).prefix(64))
            let encoded = try #require(integrity?.trimmingPrefix("sha256-"))
            let digest = try #require(Data(base64Encoded: String(encoded)))
            #expect(digest.map { String(format: "%02x", $0) }.joined() == digits, "\(name)")
        }

        @Test("what is compressed is shorter, and the same when unpacked; the kit keeps its size")
        func compressed() throws {
            try withGateway(options: ["--kit", "true"]) { gateway in
                var total = 0
                for name in Self.types.keys where name.hasSuffix(".js") {
                    let answer = try get(gateway, "/kit/" + name, [("Accept-Encoding", "br, gzip")])
                    #expect(answer["content-encoding"] == "gzip", "\(answer.fields)")
                    let packed = gateway.directory.path(name + ".gz")
                    try Data(answer.body).write(to: URL(filePath: packed))
                    let process = try ChildProcess(
                        ["/bin/gzip", "-dc", packed], environment: [:],
                        output: gateway.directory.path(name),
                        errors: gateway.directory.path("gzip.errors"))
                    #expect(process.wait(atMostSeconds: 30) == .exit(0))
                    let own = String(decoding: try Self.bytes(of: name), as: UTF8.self)
                    #expect(gateway.directory.text(name) == own, "\(name)")
                    if name != "portillon-words.js" { total += answer.body.count }
                }
                // The module with its worker; words for people are loaded by whoever wants them.
                #expect(total <= 6 << 10, "\(total) bytes, compressed")
            }
        }

        @Test("a cache that knows a file is told so; nothing else than GET and HEAD is served")
        func revalidated() throws {
            try withGateway(options: ["--kit", "true"]) { gateway in
                let plain = try #require(try get(gateway, "/kit/portillon.js")["etag"])
                let gzip = [(name: "Accept-Encoding", value: "gzip")]
                let packed = try #require(try get(gateway, "/kit/portillon.js", gzip)["etag"])
                #expect(plain != packed)
                for known in [plain, "\"x\", W/\(packed)", "*"] {
                    let answer = try get(
                        gateway, "/kit/portillon.js", gzip + [("If-None-Match", known)])
                    #expect(answer.status == 304 && answer.body.isEmpty, "\(known): \(answer)")
                    #expect(answer["etag"] == packed && answer["content-length"] == nil)
                }
                let other = try get(gateway, "/kit/portillon.js", [("If-None-Match", "\"abc\"")])
                #expect(other.status == 200)
                let post = try get(gateway, "/kit/portillon.js", method: "POST")
                expectProblem(post, 405)
                #expect(post["allow"] == "GET, HEAD")
                expectProblem(try get(gateway, "/kit/none.js"), 404)
            }
        }

        @Test("a page of another origin may import it")
        func foreign() throws {
            try withGateway(options: ["--kit", "true"]) { gateway in
                let origin = [(name: "Origin", value: "https://jeu.example.fr")]
                let answer = try get(gateway, "/kit/portillon.js", origin)
                #expect(answer["access-control-allow-origin"] == "*", "\(answer.fields)")
                #expect(answer["cross-origin-resource-policy"] == "cross-origin")
            }
        }

        /// A running demonstration, once it has printed its address.
        private func demonstrate(
            _ gateway: Gateway, _ options: [String] = []
        ) throws -> ChildProcess {
            let process = try ChildProcess(
                [
                    try Gateway.executable(), "demo", "--data", gateway.data, "--listen",
                    "127.0.0.1:\(gateway.port)", "--admin-listen", "127.0.0.1:\(gateway.adminPort)",
                ] + options,
                environment: ["PATH": "/usr/bin:/bin"],
                output: gateway.directory.path("output.log"),
                errors: gateway.directory.path("errors.log"))
            let address = "http://127.0.0.1:\(gateway.port)/demo/\n"
            let isPrinted = eventually(withinSeconds: 120) {
                gateway.directory.text("output.log").contains(address)
            }
            try #require(isPrinted, "\(gateway.directory.text("output.log")) \(gateway.errors)")
            return process
        }

        /// The operation as the game's page learns of it.
        private func operation(_ gateway: Gateway) throws -> Operation {
            let settings = try get(gateway, "/demo/game.json")
            #expect(settings["cache-control"] == "no-store")
            return Operation(
                name: try #require(settings.json["operation"]?.string),
                key: try #require(settings.json["key"]?.string), keyIdentifier: "")
        }

        @Test("the demonstration's page runs nothing but its own files")
        func demonstration() throws {
            let gateway = try Gateway()
            let process = try demonstrate(gateway)
            for path in ["/demo/", "/demo"] {
                let page = try get(gateway, path)
                #expect(page.status == 200 && page["content-type"] == "text/html; charset=utf-8")
                let policy = try #require(page["content-security-policy"])
                #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
            }
            for (path, type) in [
                ("/demo/game.js", "text/javascript; charset=utf-8"),
                ("/demo/game.css", "text/css; charset=utf-8"),
                ("/demo/gate.svg", "image/svg+xml"),
                ("/kit/portillon.js", "text/javascript; charset=utf-8"),
            ] {
                let file = try get(gateway, path)
                #expect(file.status == 200 && file["content-type"] == type, "\(path)")
            }
            let entry = try operation(gateway).entry("ada")
            #expect(try gateway.post(entry).status == 201)
            process.send(SIGTERM)
            #expect(process.wait(atMostSeconds: 30) == .exit(0), "\(gateway.errors)")
        }

        @Test("buttons for the curious are the demonstration's alone, and ask its public listener")
        func controls() throws {
            try withGateway { gateway in
                let page = try gateway.admin("GET", "/controls/")
                #expect(page.status == 404, "\(page)")
            }
            let gateway = try Gateway()
            let process = try demonstrate(gateway)
            let page = try gateway.admin("GET", "/controls/")
            #expect(page.status == 200 && page["content-type"] == "text/html; charset=utf-8")
            let policy = try #require(page["content-security-policy"])
            let address = "http://127.0.0.1:\(gateway.port)"
            #expect(policy.contains("connect-src 'self' \(address);"), "\(policy)")
            #expect(policy.contains("trusted-types 'none'") && !policy.contains("unsafe"))
            let room = try gateway.admin("GET", "/")
            #expect(room["content-security-policy"]?.contains("connect-src 'self';") == true)
            let script = try gateway.admin("GET", "/controls/controls.js")
            #expect(script["content-type"] == "text/javascript; charset=utf-8", "\(script)")
            let settings = try gateway.admin("GET", "/controls/demonstration.json").json
            #expect(settings["entries"]?.string == address, "\(settings)")
            // The public listener has none of it.
            expectProblem(try get(gateway, "/controls/"), 404, code: "not_found")
            process.send(SIGTERM)
            #expect(process.wait(atMostSeconds: 30) == .exit(0), "\(gateway.errors)")
        }

        @Test("a crowd waits before whoever enters the demonstration")
        func crowd() throws {
            let gateway = try Gateway()
            let process = try demonstrate(gateway, ["--crowd", "8"])
            let operation = try operation(gateway)
            var number = 0
            var answer: HTTPAnswer?
            let isQueue = try eventually(withinSeconds: 120) {
                number += 1
                answer = try gateway.post(operation.entry("ada \(number)"))
                return (answer?.json["position"]?.integer ?? 0) >= 4
            }
            #expect(isQueue, "\(String(describing: answer))")
            process.send(SIGTERM)
            #expect(process.wait(atMostSeconds: 30) == .exit(0), "\(gateway.errors)")
        }
    }
}

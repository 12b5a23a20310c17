import Foundation
import TLSClient
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Half handshakes hold no more memory than connections may keep")
    struct HandshakeMemoryTests {
        private static let mebibyte = 1_048_576.0

        private func value(_ secure: SecureGateway, _ name: String) throws -> Double {
            let text = try secure.gateway.admin("GET", "/metrics").text
            let line = text.split(separator: "\n").first { $0.hasPrefix(name + " ") }
            return try #require(line.flatMap { Double($0.dropFirst(name.count + 1)) }, "\(name)")
        }

        private func resident(_ secure: SecureGateway) throws -> Double {
            try value(secure, "process_resident_memory_bytes")
        }

        private func held(_ secure: SecureGateway) throws -> Double {
            try value(secure, #"portillon_tls_parked_bytes{listener="public"}"#)
        }

        /// What strangers send who hold a handshake half made.
        private func halves() throws -> [[UInt8]] {
            let hello = try ClientHello.bytes()
            return [[0x16], Array(hello.prefix(hello.count / 2)), hello, ClientHello.endless]
        }

        private func hold(
            _ count: Int, _ kinds: [[UInt8]], _ secure: SecureGateway
        ) throws -> [HTTPConnection] {
            try (0..<count).map { number in
                let connection = try HTTPConnection(port: secure.gateway.port)
                // One that was closed already takes nothing.
                try? connection.send(kinds[number % kinds.count])
                return connection
            }
        }

        @Test("more than would fit: the largest and oldest go, honest clients get in")
        func bounded() throws {
            try withSecureGateway(options: ["--limit", "parked_bytes=4194304"]) { secure in
                let operation = try secure.gateway.openOperation()
                _ = try secure.gateway.connect().exchange(operation.entry("warm").text)
                let before = try resident(secure)
                let strangers = try hold(500, halves(), secure)
                for number in 0..<10 {
                    let answer = try secure.gateway.connect().exchange(
                        operation.entry("honest-\(number)").text)
                    #expect(answer.status == 201, "\(answer)")
                }
                let isBounded = try eventually(withinSeconds: 30) { try held(secure) > 0 }
                #expect(isBounded)
                #expect(try held(secure) <= 4 * Self.mebibyte)
                // Those who came last may not have been looked at yet.
                let haveGone = try eventually(withinSeconds: 30) {
                    try secure.handshakes("memory", version: "none") > 300
                }
                #expect(haveGone)
                #expect(try value(secure, #"portillon_shed_total{kind="handshake"}"#) > 300)
                let grown = try resident(secure) - before
                #expect(grown < 24 * Self.mebibyte, "\(grown): 500 of them would take 60 MiB")
                withExtendedLifetime(strangers) {}
            }
        }

        @Test("what is counted is not less than what they take, and goes back when they go")
        func counted() throws {
            try withSecureGateway(options: ["--limit", "head_seconds=300"]) { secure in
                _ = try secure.gateway.connect()
                let before = try resident(secure)
                var strangers = try hold(240, halves(), secure)
                let isThere = try eventually(withinSeconds: 30) {
                    try held(secure) > 25 * Self.mebibyte
                }
                #expect(isThere)
                let (counted, grown) = (try held(secure), try resident(secure) - before)
                #expect(grown <= counted + 8 * Self.mebibyte, "\(grown), counted \(counted)")
                strangers = []
                let isGone = try eventually(withinSeconds: 30) { try held(secure) == 0 }
                #expect(isGone)
                let isReturned = try eventually(withinSeconds: 30) {
                    try resident(secure) - before < counted / 3
                }
                let left = try resident(secure) - before
                #expect(isReturned, "\(left) of \(counted)")
                withExtendedLifetime(strangers) {}
            }
        }

        @Test("an established session that waits is not counted")
        func established() throws {
            try withSecureGateway { secure in
                let connections = try (0..<20).map { _ in try secure.gateway.connect() }
                // A client is done before the server has read its last message.
                #expect(try eventually(withinSeconds: 30) { try held(secure) == 0 })
                withExtendedLifetime(connections) {}
            }
        }
    }
}

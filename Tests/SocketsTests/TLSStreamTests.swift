import Bytes
import Glibc
import TLSClient
import TestSupport
import Testing

@testable import Sockets

@Suite("Bytes over TLS")
struct TLSStreamTests {
    let files: Certificates

    init() throws { files = try Certificates.shared.get() }

    static let versions = ["TLSv1.2", "TLSv1.3"]

    @Test("large bodies go both ways unharmed, in records of any length", arguments: versions)
    func largeBodies(version: String) throws {
        var random = SeededGenerator.printed()
        try withServer(TLSFiles(files.ecdsa)) { server in
            let client = try SecureClient(server, .version(version))
            for count in [1, 16_383, 16_384, 16_385, 49_152, 300_000] {
                try client.exchange((0..<count).map { _ in .random(in: 0...255, using: &random) })
            }
        }
    }

    @Test("one byte at a time, handshake and all", arguments: versions)
    func pieces(version: String) throws {
        try withServer(TLSFiles(files.ecdsa)) { server in
            var options = TLSOptions.version(version)
            options.pieceBytes = 1
            let client = try SecureClient(server, options)
            try client.exchange(Array("one byte at a time, each in a record of its own".utf8))
        }
    }

    @Test("a peer that does not read is waited for, and then gets all of it in order")
    func slowReader() throws {
        try withServer(TLSFiles(files.ecdsa)) { server in
            let client = try SecureClient(server, receiveBufferBytes: 4_096)
            let block = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
            // More than the kernel keeps for a reader that does not read, less than for both sides.
            let count = 20
            for _ in 0..<count { try client.peer.send(block) }
            var received = 0
            while received < block.count * count {
                let bytes = try client.peer.receive()
                try #require(!bytes.isEmpty)
                for byte in bytes {
                    guard byte == block[received % block.count] else {
                        Issue.record("byte \(received) is another one")
                        return
                    }
                    received += 1
                }
            }
        }
    }

    @Test("a stream that ends without a farewell has ended, and what came is not lost")
    func truncated() throws {
        try withServer(TLSFiles(files.ecdsa)) { server in
            for isAbrupt in [false, true] {
                let client = try SecureClient(server)
                try client.peer.send([UInt8](repeating: 1, count: 20_000))
                if isAbrupt { client.socket.finishSending() } else { client.peer.finishSending() }
                var received = 0
                while received < 20_000 { received += try client.peer.receive().count }
                #expect(try client.peer.receive() == [])
                let outcome = try server.nextOutcome()
                #expect(outcome.received == 20_000)
                #expect(outcome.ending == .finished)
            }
        }
    }

    @Test("a record that was tampered with ends the connection")
    func tampered() throws {
        try withServer(TLSFiles(files.ecdsa)) { server in
            let client = try SecureClient(server)
            try client.exchange([1])
            // An application record of TLS that nobody sealed.
            try client.socket.send([0x17, 3, 3, 0, 20] + [UInt8](repeating: 7, count: 20))
            #expect(throws: TLSFailure.self) { _ = try client.peer.receive() }
            let outcome = try server.nextOutcome()
            #expect(outcome.ending == .broken)
        }
    }

    @Test("plain HTTP is known by its first byte, whatever the method")
    func plainText() throws {
        try withServer(TLSFiles(files.ecdsa)) { server in
            for method in ["GET", "POST", "OPTIONS", "DELETE"] {
                let client = try Client(port: server.port)
                try client.send(Array("\(method) / HTTP/1.1\r\n\r\n".utf8))
                #expect(try server.nextOutcome().step == .plain)
                // Nothing was sent in front of what the loop will answer.
                #expect(try client.receive() == [])
            }
        }
    }

    @Test("noise is no handshake; silence that ends is none either")
    func noise() throws {
        try withServer(TLSFiles(files.ecdsa)) { server in
            let client = try Client(port: server.port)
            try client.send([0x16, 3, 1, 0xFF, 0xFF, 1, 2, 3, 4, 5, 6, 7, 8, 9])
            guard case .failed(let reason) = try server.nextOutcome().step else {
                Issue.record("noise was taken for TLS")
                return
            }
            #expect(!reason.isEmpty)
            let silent = try Client(port: server.port)
            silent.finishSending()
            #expect(try server.nextOutcome().step == .closed)
        }
    }
}

import Bytes
import Synchronization
import TLSClient
import Testing

@testable import Sockets

@Suite("What a ClientHello says of the program that sends it (JA4)")
struct ClientHelloTests {
    /// A message, of its lists.
    fileprivate struct Message {
        var version: UInt16 = 0x0303
        var ciphers: [UInt16] = []
        var extensions: [(code: UInt16, body: [UInt8])] = []
        /// Whether there is a length of extensions at all.
        var hasExtensions = true

        var bytes: [UInt8] {
            var body = Self.word(version) + [UInt8](repeating: 7, count: 32) + [0]
            body += Self.list(ciphers.flatMap(Self.word)) + [1, 0]
            if hasExtensions {
                var list: [UInt8] = []
                for (code, part) in extensions { list += Self.word(code) + Self.list(part) }
                body += Self.list(list)
            }
            return [1, 0] + Self.list(body)
        }

        static func word(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }
        static func list(_ bytes: [UInt8]) -> [UInt8] { word(UInt16(bytes.count)) + bytes }

        func with(_ code: UInt16, _ body: [UInt8]) -> Message {
            var message = self
            message.extensions.append((code, body))
            return message
        }
    }

    private func ja4(_ bytes: [UInt8]) -> String? {
        bytes.withBytes { ClientHelloMessage($0).map { ClientHelloMarks.text(of: $0).text } }
    }

    private func marks(_ message: Message) -> ClientHelloMarks {
        message.bytes.withBytes { ClientHelloMarks($0) }
    }

    /// The example of JA4's description: Chrome, with made-up values.
    private static var chrome: Message {
        let signatures: [UInt16] = [
            0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601,
        ]
        var message = Message()
        message.ciphers = [
            0x3A3A, 0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC013,
            0xC014, 0x009C, 0x009D, 0x002F, 0x0035,
        ]
        let codes: [UInt16] = [
            0x001B, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002D, 0x000D, 0x0005, 0x0023, 0x0012,
            0x002B, 0xFF01, 0x000B, 0x000A, 0x0015,
        ]
        message = message.with(0x8A8A, [])
        for code in codes { message = message.with(code, []) }
        message = message.with(0x2A2A, [0])
        message.set(0x0010, Message.list(Array("\u{2}h2\u{8}http/1.1".utf8)))
        message.set(0x000D, Message.list(signatures.flatMap(Message.word)))
        message.set(0x002B, [6, 0x1A, 0x1A, 3, 4, 3, 3])
        return message
    }

    @Test("the example of its description comes out as it stands there")
    func example() {
        #expect(ja4(Self.chrome.bytes) == "t13d1516h2_8daaf6152771_e5627efa2ab1")
    }

    @Test("each part of the summary")
    func summary() {
        func summary(_ message: Message) -> Substring? { ja4(message.bytes)?.prefix(10) }
        var plain = Message()
        plain.hasExtensions = false
        #expect(ja4(plain.bytes) == "t12i000000_000000000000_000000000000")
        plain.version = 0x0301
        plain.ciphers = [UInt16](1...120)
        #expect(summary(plain) == "t10i990000")
        let empty = Message()
        #expect(summary(empty.with(0, [])) == "t12d000100")
        #expect(summary(empty.with(0x002B, [4, 3, 3, 3, 2])) == "t12i000100")
        #expect(summary(empty.with(0x002B, [2, 0x7F, 0x1C])) == "t00i000100")
        func offering(_ name: [UInt8]) -> Substring? {
            summary(empty.with(0x0010, Message.list([UInt8(name.count)] + name)))
        }
        #expect(offering(Array("http/1.1".utf8)) == "t12i0001h1")
        #expect(offering(Array("h".utf8)) == "t12i0001hh")
        #expect(offering([0xAB]) == "t12i0001ab")
        #expect(offering([0x30, 0xAB]) == "t12i00013b")
        #expect(summary(empty.with(0x0010, [0, 0])) == "t12i000100")
    }

    @Test("what is no ClientHello, or has too many codes, is nothing; every part of one is nothing")
    func refused() {
        let whole = Self.chrome.bytes
        for count in 0..<whole.count { #expect(ja4(Array(whole.prefix(count))) == nil) }
        #expect(ja4(whole + [0]) == nil)
        #expect(ja4([2] + whole.dropFirst()) == nil)
        var long = Message()
        long.ciphers = [UInt16](repeating: 0x1301, count: ClientHelloMessage.maximumCodes)
        #expect(ja4(long.bytes) != nil)
        long.ciphers.append(0x1301)
        #expect(ja4(long.bytes) == nil)
        #expect(marks(long) == ClientHelloMarks())
    }

    @Test("a session that is resumed, a padding, another order, made-up values: one program")
    func program() {
        let chrome = marks(Self.chrome)
        #expect(chrome.ja4 != 0 && chrome.program != 0)
        var shuffled = Self.chrome
        shuffled.extensions.reverse()
        shuffled.ciphers.swapAt(1, 2)
        shuffled.ciphers[0] = 0xFAFA
        #expect(marks(shuffled) == chrome)
        let resumed = marks(Self.chrome.with(0x0029, [1, 2, 3]))
        #expect(resumed.program == chrome.program && resumed.ja4 != chrome.ja4)
        var unpadded = Self.chrome
        unpadded.extensions.removeAll { $0.code == 0x0015 }
        #expect(marks(unpadded).program == chrome.program)
        var other = Self.chrome
        other.ciphers.removeLast()
        #expect(marks(other).program != chrome.program)
        other = Self.chrome
        other.set(0x000D, Message.list([4, 3]))
        #expect(marks(other).program != chrome.program)
    }

    @Test("a server knows it of each client, resumed or not")
    func server() throws {
        let files = try Certificates.shared.get()
        let hello = try TLSClient.ClientHello.bytes()
        let expected = Array(hello.dropFirst(5)).withBytes { ClientHelloMarks($0) }
        #expect(expected != ClientHelloMarks())
        try withServer(TLSFiles(files.ecdsa)) { server in
            func visit(_ options: TLSOptions) throws -> (ClientHelloMarks, TLSTicket?) {
                let client = try SecureClient(server, options)
                try client.exchange([1])
                let ticket = client.peer.ticket
                client.peer.finishSending()
                _ = try server.nextOutcome()
                return (server.lastClientHello, ticket)
            }
            let (first, ticket) = try visit(TLSOptions())
            #expect(first == expected)
            let (resumed, _) = try visit(TLSOptions { $0.ticket = ticket })
            #expect(resumed.program == first.program && resumed.ja4 != first.ja4)
            let other = TLSOptions { $0.commands = [("SignatureAlgorithms", "ECDSA+SHA256")] }
            #expect(try visit(other).0.program != first.program)
            // The server asks for another ClientHello, with a key share of its own choice.
            let twice = TLSOptions { $0.commands = [("Groups", "P-521:X25519")] }
            #expect(try visit(twice).0 != ClientHelloMarks())
        }
    }
}

extension ClientHelloTests.Message {
    /// Gives the extension that is there another body.
    fileprivate mutating func set(_ code: UInt16, _ body: [UInt8]) {
        for index in extensions.indices where extensions[index].code == code {
            extensions[index].body = body
        }
    }
}

import Bytes
import Testing

@testable import Cluster

@Suite("Messages of Protocol Buffers")
struct ProtobufTests {
    private func fields(_ bytes: [UInt8]) throws -> [String] {
        var reader = ProtobufReader(0..<bytes.count)
        var found: [String] = []
        while let field = try unsafe reader.next(in: bytes.span.bytes) {
            switch field.value {
            case .varint(let value): found.append("\(field.number)=\(value)")
            case .bytes(let range, isText: _): found.append("\(field.number)=\(bytes[range])")
            }
        }
        return found
    }

    @Test("numbers, bytes and fixed lengths are read, unknown fields too")
    func reads() throws {
        #expect(try fields([]) == [])
        #expect(try fields([0x08, 0x96, 0x01]) == ["1=150"])
        #expect(try fields([0x12, 2, 7, 8]) == ["2=[7, 8]"])
        #expect(try fields([0x1D, 1, 2, 3, 4, 0x18, 0]) == ["3=[1, 2, 3, 4]", "3=0"])
        #expect(try fields([0x09] + (1...8)) == ["1=[1, 2, 3, 4, 5, 6, 7, 8]"])
        let most: [UInt8] = [0x08] + Array(repeating: 0xFF, count: 9) + [0x01]
        #expect(try fields(most) == ["1=\(UInt64.max)"])
    }

    @Test(
        "what is none is refused",
        arguments: [
            ([0x08], ProtobufError.length), ([0x08, 0x80], .length), ([0x12, 3, 1, 2], .length),
            ([0x0D, 1, 2, 3], .length), ([0x00, 0], .fieldNumber), ([0x0B], .wireType),
            ([0x0C], .wireType), ([0x0F], .wireType),
            ([0x08] + Array(repeating: 0xFF, count: 10), .varint),
            ([0x12] + Array(repeating: 0xFF, count: 9) + [0x01], .length),
        ] as [([UInt8], ProtobufError)])
    func refuses(_ bytes: [UInt8], _ error: ProtobufError) {
        #expect(throws: error) { try fields(bytes) }
    }

    @Test("what is written is read again, a message in a message too")
    func writes() throws {
        var buffer = ByteBuffer(capacity: 16)
        buffer.appendField(1, varint: 300)
        let outer = buffer.beginMessage(2)
        let inner = buffer.beginMessage(3)
        buffer.appendField(4, bytes: Array(repeating: 7, count: 200))
        buffer.endMessage(inner)
        buffer.endMessage(outer)
        buffer.appendField(5, varint: .max)
        let bytes = buffer.bytes.array
        var reader = ProtobufReader(0..<bytes.count)
        var field = try #require(try next(&reader, bytes))
        #expect(try field.number64() == 300)
        field = try #require(try next(&reader, bytes))
        var nested = ProtobufReader(try field.range())
        let message = try #require(try next(&nested, bytes))
        #expect(message.number == 3)
        nested = ProtobufReader(try message.range())
        let text = try #require(try next(&nested, bytes))
        #expect(try bytes[text.range()] == ArraySlice(Array(repeating: 7, count: 200)))
        field = try #require(try next(&reader, bytes))
        #expect(field.number == 5)
        #expect(throws: ProtobufError.range) { try field.count() }
        #expect(try next(&reader, bytes) == nil)
    }

    private func next(
        _ reader: inout ProtobufReader, _ bytes: [UInt8]
    ) throws -> ProtobufField? {
        try unsafe reader.next(in: bytes.span.bytes)
    }

    @Test("an answer with too much in it is refused")
    func limits() {
        var buffer = ByteBuffer(capacity: 1_024)
        for _ in 0...EtcdLimits.members { buffer.endMessage(buffer.beginMessage(2)) }
        #expect(throws: ProtobufError.tooMany) { try EtcdMember.list(buffer.bytes) }
    }
}

@Suite("The names of a log's keys and owners")
struct LogKeyTests {
    @Test("numbers are twenty digits, which sort as they do")
    func digits() {
        #expect(LogKeys.digits(0) == Array("00000000000000000000".utf8))
        #expect(LogKeys.digits(.max) == Array("18446744073709551615".utf8))
        #expect(LogKeys.number(LogKeys.digits(4_711)) == 4_711)
        #expect(LogKeys.number(LogKeys.digits(.max)) == .max)
        #expect(LogKeys.number(Array("18446744073709551616".utf8)) == nil)
        #expect(LogKeys.number(Array("1".utf8)) == nil)
        #expect(LogKeys.number(Array("0000000000000000000x".utf8)) == nil)
    }

    @Test("a batch's key leads back to its number, and no other key does")
    func keys() {
        let keys = LogKeys(prefix: "p/")
        #expect(String(decoding: keys.batch(7), as: UTF8.self) == "p/log/00000000000000000007")
        #expect(keys.first(ofBatchAt: keys.batch(7)) == 7)
        #expect(keys.first(ofBatchAt: keys.owner) == nil)
        #expect(String(decoding: keys.behindBatches, as: UTF8.self) == "p/log0")
        #expect(String(decoding: keys.behindAll, as: UTF8.self) == "p0")
    }

    @Test("an owner's text leads back to it")
    func owners() throws {
        let owner = try #require(LogOwner(node: "a-1", term: 7, address: "[::1]:8082"))
        #expect(owner.text == "a-1/7/[::1]:8082")
        #expect(LogOwner(text: owner.text) == owner)
        for text in ["", "a", "a/1", "a/01/x", "a/x/y", "/1/x", "a b/1/x", "a/1/x y"] {
            #expect(LogOwner(text: text) == nil, "\(text)")
        }
        #expect(LogOwner(node: "a/b", term: 1, address: "x") == nil)
    }
}

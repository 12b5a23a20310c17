import Testing

@testable import Bytes

@Suite("Equal spans, and memory that is lent")
struct EqualityTests {
    @Test("spans are equal where all their bytes are")
    func equality() {
        for count in 0..<40 {
            let one = [UInt8](repeating: 7, count: count)
            one.withBytes { one in
                #expect([UInt8](repeating: 7, count: count).withBytes { one.equals($0) })
                #expect(![UInt8](repeating: 7, count: count + 1).withBytes { one.equals($0) })
            }
            for offset in 0..<count {
                var other = one
                other[offset] = 8
                #expect(!one.withBytes { one in other.withBytes { one.equals($0) } })
            }
        }
        #expect(Array("accepted".utf8).withBytes { $0.equals("accepted") })
        #expect(!Array("acceptes".utf8).withBytes { $0.equals("accepted") })
        #expect(!Array("accepte".utf8).withBytes { $0.equals("accepted") })
    }

    @Test("what is built in lent memory lies there, up to its last byte")
    func lent() {
        var memory = [UInt8](repeating: 0xEE, count: 12)
        let written = unsafe memory.withUnsafeMutableBytes { memory in
            unsafe ByteBuffer.fill(UnsafeMutableRawBufferPointer(rebasing: memory[2..<10])) {
                $0.append("entry " as StaticString)
                $0.append(decimal: 42)
            }
        }
        #expect(written == 8)
        #expect(memory == [0xEE, 0xEE] + Array("entry 42".utf8) + [0xEE, 0xEE])
    }

    @Test("more than lent memory holds is the programmer's mistake")
    func overfull() async {
        await #expect(processExitsWith: .failure) {
            var memory = [UInt8](repeating: 0, count: 4)
            _ = unsafe memory.withUnsafeMutableBytes { memory in
                unsafe ByteBuffer.fill(memory) { $0.append("entry" as StaticString) }
            }
        }
    }
}

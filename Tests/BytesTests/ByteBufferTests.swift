import Bytes
import Testing

@Suite struct ByteBufferTests {
    @Test func appendingFromEveryCapacityKeepsEveryByte() {
        for capacity in 0...20 {
            var buffer = ByteBuffer(capacity: capacity)
            var model: [UInt8] = []
            for count in 0..<40 {
                let piece = (0..<count % 7).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ count) }
                buffer.append(unsafe piece.span.bytes)
                buffer.append(UInt8(count))
                model += piece + [UInt8(count)]
                #expect(buffer.count == model.count && buffer.capacity >= buffer.count)
                #expect(buffer.free == buffer.capacity - buffer.count)
            }
            #expect(buffer.bytes.array == model)
        }
    }

    @Test func removingTruncatingAndReservingKeepTheRest() {
        for removed in 0...8 {
            for kept in 0...(8 - removed) {
                var buffer = ByteBuffer(capacity: 8)
                buffer.append("abcdefgh" as StaticString)
                buffer.removeFirst(removed)
                buffer.truncate(to: kept)
                buffer.reserve(100)
                #expect(buffer.capacity >= kept + 100)
                #expect(buffer.text == String("abcdefgh".dropFirst(removed).prefix(kept)))
                buffer.removeAll()
                #expect(buffer.count == 0 && buffer.bytes.byteCount == 0)
            }
        }
    }

    @Test func textInAllItsFormsIsTheSameBytes() {
        let long = String(repeating: "é€😀", count: 20)
        var buffer = ByteBuffer(capacity: 1)
        buffer.append("é€😀" as StaticString)
        buffer.append("")
        buffer.append("é€😀")
        buffer.append(long)
        #expect(buffer.text == "é€😀é€😀" + long)
    }

    @Test func aCallbackWritesWhatItSaysItWrote() {
        var buffer = ByteBuffer(capacity: 1)
        for count in 0...9 {
            unsafe buffer.append(maximum: 9) { room in
                #expect(room.count == 9)
                for index in 0..<count { unsafe room[index] = UInt8(count) }
                return count
            }
        }
        #expect(buffer.bytes.array == (0...9).flatMap { Array(repeating: UInt8($0), count: $0) })
    }

    @Test func whatIsChangedInPlaceIsHeld() {
        var buffer = ByteBuffer(capacity: 4)
        buffer.append(littleEndian: UInt32(0))
        buffer.append(0xFF)
        buffer.overwrite(littleEndian: UInt16(0x0201), at: 1)
        #expect(buffer.bytes.array == [0, 1, 2, 0, 0xFF])
        var span = buffer.mutableBytes
        span.storeBytes(of: 7, toByteOffset: 4, as: UInt8.self)
        #expect(buffer.bytes.array == [0, 1, 2, 0, 7])
    }

    @Test func misuseIsStopped() async {
        await #expect(processExitsWith: .failure) {
            var buffer = ByteBuffer(capacity: 4)
            buffer.removeFirst(1)
        }
        await #expect(processExitsWith: .failure) {
            var buffer = ByteBuffer(capacity: 4)
            buffer.append(1)
            buffer.overwrite(littleEndian: UInt16(0), at: 0)
        }
        await #expect(processExitsWith: .failure) {
            let buffer = ByteBuffer(capacity: 4)
            _ = buffer.bytes[0]
        }
    }
}

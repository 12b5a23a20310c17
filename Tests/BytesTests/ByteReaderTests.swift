import Bytes
import Testing

@Suite struct ByteReaderTests {
    /// Reads 1, 2, 4 and 8 bytes, then a slice of three, from the first `count` of 18 bytes.
    private func readAll(_ bytes: [UInt8], _ count: Int) -> [String] {
        let raw = unsafe bytes.span.bytes.extracting(0..<count)
        var reader = ByteReader(raw)
        var read: [String] = []
        do throws(ByteReaderError) {
            read.append(String(try reader.read(UInt8.self), radix: 16))
            read.append(String(try reader.read(UInt16.self), radix: 16))
            read.append(String(try reader.read(UInt32.self), radix: 16))
            read.append(String(try reader.read(UInt64.self), radix: 16))
            read.append("\(try reader.read(length: 3).array)")
        } catch {
            read.append("end at \(reader.offset)")
        }
        return read
    }

    @Test func readingStopsAtTheEndOfTheBytesWhereverThatIs() {
        let bytes = (1...18).map { UInt8($0) }
        let all = ["1", "302", "7060504", "f0e0d0c0b0a0908", "[16, 17, 18]"]
        let starts = [0, 1, 3, 7, 15, 18]
        for count in 0...18 {
            let whole = starts.lastIndex { $0 <= count } ?? 0
            let expected = count == 18 ? all : all.prefix(whole) + ["end at \(starts[whole])"]
            #expect(readAll(bytes, count) == expected, "\(count) bytes")
        }
    }

    @Test func aNegativeLengthIsAnErrorAndReadsNothing() {
        let bytes: [UInt8] = [1, 2]
        var reader = ByteReader(unsafe bytes.span.bytes)
        for length in [-1, Int.min, 3, Int.max] {
            var isRefused = false
            do throws(ByteReaderError) {
                _ = try reader.read(length: length)
            } catch {
                isRefused = true
            }
            #expect(isRefused && reader.remaining == 2, "\(length)")
        }
    }

    @Test func whatABufferWritesAReaderReads() throws(ByteReaderError) {
        var buffer = ByteBuffer(capacity: 1)
        buffer.append(littleEndian: Int64.min)
        buffer.append(littleEndian: UInt16.max)
        buffer.append(littleEndian: Int8(-1))
        var reader = ByteReader(buffer.bytes)
        let first = try reader.read(Int64.self)
        let second = try reader.read(UInt16.self)
        let third = try reader.read(Int8.self)
        #expect(first == .min && second == .max && third == -1 && reader.remaining == 0)
    }
}

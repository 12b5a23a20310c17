import Testing

@testable import Bytes

@Suite("Numbers in decimal")
struct DecimalTests {
    private func text(_ value: UInt64, width: Int = 1) -> String {
        // Something before it, so that pairs lie at odd offsets too.
        var buffer = ByteBuffer(capacity: 1)
        buffer.append(UInt8(ascii: "#"))
        buffer.append(decimal: value, width: width)
        return String(buffer.text.dropFirst())
    }

    @Test("every length, at both of its ends")
    func lengths() {
        #expect(text(0) == "0")
        #expect(text(.max) == "18446744073709551615")
        var power: UInt64 = 1
        for _ in 0..<19 {
            power *= 10
            for value in [power - 1, power, power + 1, power / 2 * 3] {
                #expect(text(value) == "\(value)")
            }
        }
    }

    @Test("leading zeros up to a width")
    func widths() {
        for width in 1...20 {
            for value in [0, 7, 10, 42, 99, 100, 12_345, UInt64.max] {
                let plain = "\(value)"
                let zeros = String(repeating: "0", count: max(width - plain.count, 0))
                #expect(text(value, width: width) == zeros + plain)
            }
        }
    }
}

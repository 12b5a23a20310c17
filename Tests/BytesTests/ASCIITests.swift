import Bytes
import Testing

@Suite struct ASCIITests {
    @Test func everyByteIsLoweredAsALetterOrNotAtAll() {
        for byte in UInt8.min...UInt8.max {
            let character = Character(Unicode.Scalar(byte))
            let isUpper = character.isASCII && character.isUppercase
            #expect(ASCII.lowercased(byte) == (isUpper ? byte + 32 : byte))
            #expect(ASCII.isDigit(byte) == (character.isASCII && character.isNumber))
        }
    }

    @Test func bytesAreComparedWholeAndInEitherCase() {
        let words: [StaticString] = ["", "a", "z-9", "content-length", "content-lengtH"]
        for left in words {
            let bytes = Array(left.description.utf8)
            let raw = unsafe bytes.span.bytes
            for right in words {
                let isSame = left.description == right.description
                #expect(raw.equals(right) == isSame)
                let other = Array(right.description.utf8)
                #expect(unsafe raw.equals(other.span.bytes) == isSame)
                let isLower = right.description == right.description.lowercased()
                if isLower {
                    let isAlike = left.description.lowercased() == right.description
                    #expect(raw.equals(ignoringCase: right) == isAlike)
                }
            }
        }
    }

    @Test func aRangeIsItsBounds() {
        #expect(ByteRange(3..<10) == ByteRange(start: 3, count: 7))
        #expect(ByteRange(3..<10).range == 3..<10)
        #expect(ByteRange().isEmpty && !ByteRange(0..<1).isEmpty)
        #expect(ByteRange(start: .max, count: .max).range.upperBound == 2 * Int(UInt32.max))
    }
}

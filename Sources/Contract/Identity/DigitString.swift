/// A few decimal digits, without storage of their own.
struct DigitString: Equatable, Sendable, BitwiseCopyable {
    /// From 0 to 9.
    private var digits = InlineArray<40, UInt8>(repeating: 0)
    private(set) var count = 0

    /// The most digits that fit: more than any number that is dialled has.
    static var maximumCount: Int { 40 }

    init() {}

    /// - Precondition: as many digits as fit.
    init(_ text: some Sequence<UInt8>) {
        for byte in text { append(byte &- 0x30) }
    }

    subscript(index: Int) -> UInt8 {
        precondition(index >= 0 && index < count, "reads within the digits")
        return digits[index]
    }

    /// - Precondition: 0 to 9, and there is room.
    mutating func append(_ digit: UInt8) {
        precondition(digit < 10 && count < Self.maximumCount, "a digit, and room for it")
        digits[count] = digit
        count += 1
    }

    func dropping(_ length: Int) -> DigitString { part(length..<count) }

    func part(_ range: Range<Int>) -> DigitString {
        var part = DigitString()
        for index in range { part.append(self[index]) }
        return part
    }

    func hasPrefix(_ other: DigitString) -> Bool {
        other.count <= count && part(0..<other.count) == other
    }

    static func == (one: DigitString, other: DigitString) -> Bool {
        guard one.count == other.count else { return false }
        for index in 0..<one.count where one[index] != other[index] { return false }
        return true
    }
}

/// How the numbers of one country are dialled and written: a row of ``PhonePlanTable``.
package final class PhonePlan: Sendable {
    /// ISO 3166 alpha-2; `001` for numbers of no country (ITU-T E.164, 6.2.2 and 6.2.3).
    let region: String
    let callingCode: DigitString
    /// Whether numbers that begin with the calling code alone are read by this plan.
    let isMain: Bool
    /// What is dialled before a calling code.
    private let internationalPrefix: DigitPattern?
    /// What is dialled before a number within the country, a carrier's code included.
    private let nationalPrefix: DigitPattern?
    /// What replaces it: digits, and `$1` for its first group.
    private let replacement: [UInt8]
    /// Numbers that there may be, without any prefix.
    private let numbers: DigitPattern
    /// A bit for each length that a whole number may have.
    private let lengths: UInt32
    /// The same of numbers that are dialled within a town only.
    private let localLengths: UInt32

    /// What a number's length says.
    enum Length {
        case possible, local, tooShort, tooLong, impossible
    }

    /// - Parameter row: its fields, in the order that ``PhonePlanTable`` names.
    fileprivate init(_ row: [Substring]) {
        precondition(row.count == 8, "a row has eight fields")
        func field(_ index: Int) -> String? { row[index] == "-" ? nil : String(row[index]) }
        region = String(row[0])
        isMain = row[1].hasSuffix("*")
        callingCode = DigitString(row[1].utf8.filter { $0 != UInt8(ascii: "*") })
        internationalPrefix = field(2).map { DigitPattern($0) }
        nationalPrefix = field(3).map { DigitPattern($0) }
        replacement = field(4).map { Array($0.utf8) } ?? []
        numbers = DigitPattern(String(row[5]))
        lengths = Self.bits(field(6))
        localLengths = Self.bits(field(7))
    }

    /// `4,6-9` as bits.
    private static func bits(_ text: String?) -> UInt32 {
        var bits: UInt32 = 0
        for range in (text ?? "").split(separator: ",") {
            let ends = range.split(separator: "-").compactMap { UInt32($0) }
            guard let first = ends.first, let last = ends.last else { continue }
            for length in first...last { bits |= 1 << length }
        }
        return bits
    }

    // MARK: Reading a number

    func length(of count: Int) -> Length {
        if localLengths & 1 << UInt32(count) != 0 { return .local }
        if lengths & 1 << UInt32(count) != 0 { return .possible }
        if count < lengths.trailingZeroBitCount { return .tooShort }
        return count >= UInt32.bitWidth - lengths.leadingZeroBitCount ? .tooLong : .impossible
    }

    func isNumber(_ digits: DigitString) -> Bool { numbers.matchesWhole(digits) }

    /// How many digits are dialled before a calling code; `nil` where none follows.
    func internationalPrefixLength(_ digits: DigitString) -> Int? {
        var groups = DigitPattern.Groups()
        guard let end = internationalPrefix?.prefixEnd(of: digits, &groups),
            // No calling code begins with 0.
            end == digits.count || digits[end] != 0
        else { return nil }
        return end
    }

    /// The number without its national prefix, where it has one and is no number with it only.
    func withoutNationalPrefix(_ digits: DigitString) -> DigitString {
        var groups = DigitPattern.Groups()
        guard let nationalPrefix, digits.count > 0,
            let end = nationalPrefix.prefixEnd(of: digits, &groups)
        else { return digits }
        var stripped = digits.dropping(end)
        if !replacement.isEmpty, groups.range(nationalPrefix.groupCount) != nil {
            stripped = replaced(digits, groups, end)
        }
        return isNumber(digits) && !isNumber(stripped) ? digits : stripped
    }

    private func replaced(
        _ digits: DigitString, _ groups: DigitPattern.Groups, _ end: Int
    ) -> DigitString {
        var number = DigitString()
        func append(_ part: DigitString) {
            for index in 0..<part.count where number.count < DigitString.maximumCount {
                number.append(part[index])
            }
        }
        var index = 0
        while index < replacement.count {
            let byte = replacement[index]
            if byte == UInt8(ascii: "$"), index + 1 < replacement.count {
                index += 1
                if let range = groups.range(Int(replacement[index] &- 0x30)) {
                    append(digits.part(range))
                }
            } else {
                append(DigitString(CollectionOfOne(byte)))
            }
            index += 1
        }
        append(digits.dropping(end))
        return number
    }
}

extension PhonePlan {
    /// Made from the table when the first operation needs it.
    private static let all = PhonePlanTable.rows.split(separator: "\n").map {
        PhonePlan($0.split(separator: " "))
    }
    private static let byRegion = Dictionary(all.map { ($0.region, $0) }) { first, _ in first }
    /// The main plan of each calling code, by its digits as a number; 0 for those without one.
    private static let byCallingCode: [PhonePlan?] = {
        var plans = [PhonePlan?](repeating: nil, count: 1_000)
        for plan in all where plan.isMain {
            plans[number(plan.callingCode, plan.callingCode.count)] = plan
        }
        return plans
    }()

    /// The plan of a country; `nil` if it has none of its own.
    /// - Parameter region: ISO 3166 alpha-2, in capitals.
    package static func of(region: String) -> PhonePlan? {
        region.utf8.count == 2 ? byRegion[region] : nil
    }

    /// The main plan of the calling code that these digits begin with: no code begins with another.
    static func of(internationalNumber digits: DigitString) -> PhonePlan? {
        guard digits.count > 0, digits[0] != 0 else { return nil }
        for length in 1...min(3, digits.count) {
            if let plan = byCallingCode[number(digits, length)],
                plan.callingCode.count == length
            {
                return plan
            }
        }
        return nil
    }

    /// The plan by which numbers with this plan's calling code are read.
    var main: PhonePlan { Self.of(internationalNumber: callingCode) ?? self }

    private static func number(_ digits: DigitString, _ length: Int) -> Int {
        (0..<length).reduce(0) { $0 * 10 + Int(digits[$1]) }
    }
}

package import Bytes

/// The canonical form of a telephone number: E.164, `+` and digits, by the plan of a country.
///
/// The steps are those of Google's libphonenumber (`PhoneNumberUtil.parse`), the table its
/// metadata (``PhonePlanTable``): an international number begins with `+` or the country's
/// international prefix; a national one loses its national prefix, or has it rewritten. A number
/// must have a length that there is in its country; whether it is assigned to somebody is not
/// asked, because new ranges are opened faster than tables follow.
///
/// Digits may stand in any script, with white space, hyphens, dots, slashes and parentheses between
/// them; letters and extensions are no part of a number here.
package enum PhoneNumber {
    /// Digits of a number without its calling code.
    private static var nationalDigits: ClosedRange<Int> { 2...17 }

    /// See ``IdentityForm/canonicalize(_:into:)``. The form has at most 21 bytes.
    /// - Parameter home: the plan of national numbers; `nil` takes international ones only.
    package static func canonicalize(
        _ given: RawSpan, in home: PhonePlan?, into form: inout ByteBuffer
    ) -> Bool {
        form.removeAll()
        guard let dialled = DialledNumber(given), let (plan, number) = read(dialled, home),
            case .possible = plan.length(of: number.count)
        else { return false }
        form.append(UInt8(ascii: "+"))
        for index in 0..<plan.callingCode.count { form.append(0x30 + plan.callingCode[index]) }
        for index in 0..<number.count { form.append(0x30 + number[index]) }
        return true
    }

    /// The main plan of the number's calling code, and the number without prefixes.
    private static func read(
        _ dialled: DialledNumber, _ home: PhonePlan?
    ) -> (PhonePlan, DigitString)? {
        let plan: PhonePlan
        var number: DigitString
        var found = separate(dialled.digits, hasPlus: dialled.hasPlus, home)
        if case .unknownCallingCode = found, dialled.hasPlus {
            // A plus sign before an international prefix, or before a national number.
            found = separate(dialled.digits, hasPlus: false, home)
            if case .national = found { return nil }
        }
        switch found {
        case .international(let main, let rest):
            plan = main
            number = rest
        case .national:
            guard let home else { return nil }
            plan = home
            number = dialled.digits
        case .unknownCallingCode, .tooShort: return nil
        }
        guard number.count >= nationalDigits.lowerBound else { return nil }
        let stripped = plan.withoutNationalPrefix(number)
        switch plan.length(of: stripped.count) {
        case .tooShort, .local, .impossible: break
        case .possible, .tooLong: number = stripped
        }
        return nationalDigits.contains(number.count) ? (plan.main, number) : nil
    }

    private enum Separated {
        case international(PhonePlan, DigitString)
        case national
        case unknownCallingCode
        case tooShort
    }

    /// Takes the calling code away where there is one.
    private static func separate(
        _ given: DigitString, hasPlus: Bool, _ home: PhonePlan?
    ) -> Separated {
        var digits = given
        var isInternational = hasPlus
        if !hasPlus, let length = home?.internationalPrefixLength(digits) {
            digits = digits.dropping(length)
            isInternational = true
        }
        if isInternational {
            guard digits.count > 2 else { return .tooShort }
            guard let plan = PhonePlan.of(internationalNumber: digits) else {
                return .unknownCallingCode
            }
            return .international(plan, digits.dropping(plan.callingCode.count))
        }
        // A calling code without plus sign: if the number is none with it, and one without it.
        guard let home, digits.hasPrefix(home.callingCode) else { return .national }
        let rest = home.withoutNationalPrefix(digits.dropping(home.callingCode.count))
        let isBetter = !home.isNumber(digits) && home.isNumber(rest)
        if case .tooLong = home.length(of: digits.count) { return .international(home.main, rest) }
        return isBetter ? .international(home.main, rest) : .national
    }
}

/// The digits of a number as somebody wrote it.
private struct DialledNumber {
    var digits = DigitString()
    var hasPlus = false

    /// - Returns: `nil` for a text that is no number.
    init?(_ given: RawSpan) {
        guard given.byteCount <= 256 else { return nil }
        for offset in 0..<given.byteCount {
            let byte = given[offset]
            if byte >= 0x80 {
                digits = DigitString()
                hasPlus = false
                for scalar in given.text.unicodeScalars where !take(scalar) { return nil }
                return
            }
            guard take(byte) else { return nil }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            guard digits.count < DigitString.maximumCount else { return false }
            digits.append(byte - 0x30)
            return true
        case UInt8(ascii: "+"):
            // One, and before all digits.
            if hasPlus || digits.count > 0 { return false }
            hasPlus = true
            return true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "("),
            UInt8(ascii: ")"), ASCII.space, ASCII.tab, ASCII.lineFeed, ASCII.carriageReturn:
            return true
        default: return false
        }
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return take(UInt8(scalar.value)) }
        if scalar == "\u{FF0B}" { return take(UInt8(ascii: "+")) }
        let properties = scalar.properties
        if properties.generalCategory == .decimalNumber, let value = properties.numericValue,
            value >= 0, value <= 9
        {
            return take(0x30 + UInt8(value))
        }
        // Hyphens, the minus sign, and what copying from a contact brings along.
        return properties.generalCategory == .dashPunctuation || scalar == "\u{2212}"
            || UnicodeForm.isBlank(scalar)
    }
}

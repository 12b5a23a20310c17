import Glibc

/// How numbers are written: groups of three, and as many digits as mean something.
struct NumberFormat {
    /// Between groups: a narrow space that does not break.
    static let page = NumberFormat(separator: "\u{202F}")
    static let terminal = NumberFormat(separator: " ")

    /// What stands where there is no number.
    static let nothing = "–"

    let separator: String

    /// `1 234 567`.
    func count(_ number: Int) -> String {
        (number < 0 ? "−" : "") + grouped(String(number.magnitude))
    }

    /// A number with this many decimals, rounded.
    func decimal(_ value: Double, places: Int) -> String {
        guard value.isFinite else { return Self.nothing }
        let scale = pow(10, Double(places))
        let scaled = (value.magnitude * scale).rounded()
        // Beyond this a Double does not hold every whole number, and decimals are made up.
        guard scaled < 1e15 else {
            return places > 0 ? decimal(value, places: places - 1) : "\(value)"
        }
        var digits = String(Int(scaled))
        let sign = value < 0 && scaled > 0 ? "−" : ""
        guard places > 0 else { return sign + grouped(digits) }
        digits = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        return sign + grouped(String(digits.dropLast(places))) + "." + digits.suffix(places)
    }

    /// `0.123`, `1.23`, `12.3`, `1 234`: three digits, more before the point.
    func milliseconds(_ value: Double) -> String {
        decimal(value, places: Self.places(of: value, digits: 3, atMost: 3))
    }

    /// What an expectation found: six digits without zeros at the end. All digits where rounding
    /// would make a whole number of it: 0.9999997 must not pass for 1.
    func found(_ value: Double) -> String {
        guard value.isFinite else { return Self.nothing }
        let places = Self.places(of: value, digits: 6, atMost: 9)
        let rounded = Self.trimmed(decimal(value, places: places))
        let seemsWhole = !rounded.contains(".")
        return seemsWhole && value != value.rounded() && value.magnitude < 1e15
            ? "\(value)" : rounded
    }

    /// A part of a whole in per cent; nothing where there is no whole.
    func share(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return Self.nothing }
        let ratio = Double(part) / Double(whole)
        let percent = decimal(ratio * 100, places: 1)
        // Rare is not never, and nearly all is not all.
        if percent == "0.0" && part > 0 { return "< 0.1 %" }
        if percent == "100.0" && part < whole { return "> 99.9 %" }
        return percent + " %"
    }

    /// Decimals for a value to have so many digits.
    private static func places(of value: Double, digits: Int, atMost maximum: Int) -> Int {
        guard value.isFinite, value != 0 else { return 0 }
        let exponent = min(max(floor(log10(value.magnitude)), -100), 100)
        return min(max(digits - 1 - Int(exponent), 0), maximum)
    }

    private static func trimmed(_ text: String) -> String {
        guard text.contains(".") else { return text }
        var text = text
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }

    private func grouped(_ digits: String) -> String {
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += separator }
            text.append(digit)
        }
        return text
    }
}

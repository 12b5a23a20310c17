/// Numbers and quantities, without any locale of the machine: the same everywhere.
extension Language {
    /// `50001` as `50,001`, in French `50 001` with a narrow no-break space.
    package func number(_ number: Int) -> String {
        var text = ""
        for (offset, digit) in String(number.magnitude).reversed().enumerated() {
            if offset > 0, offset % 3 == 0 { text = groupSeparator + text }
            text = String(digit) + text
        }
        return number < 0 ? "-" + text : text
    }

    /// Tenths with a decimal where it is not 0: `8125` as `812.5`, `250` as `25`.
    func tenths(_ value: Int) -> String {
        let whole = number(value / 10)
        let rest = value.magnitude % 10
        return rest == 0 ? whole : whole + decimalSeparator + "\(rest)"
    }

    /// A number with its unit.
    func quantity(_ value: Int, _ unit: Unit) -> String {
        switch unit {
        case .microseconds: tenths(value / 100) + unitSpace + "ms"
        case .milliseconds: number(value) + unitSpace + "ms"
        case .seconds: number(value) + unitSpace + "s"
        case .permille: tenths(value) + percentSpace + "%"
        case .participants, .entries, .recipients, .answers, .entriesPerSecond, .requestsPerSecond:
            number(value) + " " + (isSingular(value) ? unit.singular : unit.plural)[self]
        }
    }

    /// English has one thing in the singular, French less than two.
    func isSingular(_ value: Int) -> Bool {
        self == .english ? value == 1 : value.magnitude < 2
    }
}

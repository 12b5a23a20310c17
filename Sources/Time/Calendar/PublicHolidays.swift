/// The public holidays that count as days off (C14).
///
/// Source: Code du travail, article L3133-1; for the departments of Moselle, Bas-Rhin and Haut-Rhin
/// also L3134-13. They are computed for every year as the law has them today; earlier laws differ
/// (8 May is a holiday since 1982).
package enum PublicHolidays: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
    case france
    /// Good Friday and 26 December too.
    case alsaceMoselle = "alsace_moselle"

    /// Whether a day is a public holiday. Constant time.
    package func contains(_ day: CivilDay) -> Bool {
        let (year, month, dayOfMonth) = day.civil
        switch (month, dayOfMonth) {
        case (1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25): return true
        case (12, 26): return self == .alsaceMoselle
        // Good Friday is on 20 March at the earliest, Whit Monday on 14 June at the latest.
        case (3...6, _): break
        default: return false
        }
        switch day.number - Easter.sunday(in: year).number {
        // Easter Monday, Ascension Day, Whit Monday.
        case 1, 39, 50: return true
        // Good Friday.
        case -2: return self == .alsaceMoselle
        default: return false
        }
    }

    /// The holidays of a year, in order; two that fall on one day are one.
    package func days(in year: Int64) -> [CivilDay] {
        let first = CivilDay(year, 1, 1)
        let length = CivilDay(year + 1, 1, 1).number - first.number
        return (0..<length).map { first.advanced(by: $0) }.filter { contains($0) }
    }
}

/// The date of Easter in the Gregorian calendar.
package enum Easter {
    /// Easter Sunday of a year from 1583 on.
    ///
    /// The anonymous Gregorian computus (Nature, 20 April 1876; J. Meeus, "Astronomical
    /// Algorithms", chapter 8).
    package static func sunday(in year: Int64) -> CivilDay {
        let (century, yearOfCentury) = (year / 100, year % 100)
        let golden = year % 19
        let correction = (century - (century + 8) / 25 + 1) / 3
        let epact = (19 * golden + century - century / 4 - correction + 15) % 30
        let weekday =
            (32 + 2 * (century % 4) + 2 * (yearOfCentury / 4) - epact - yearOfCentury % 4) % 7
        let exception = (golden + 11 * epact + 22 * weekday) / 451
        let days = epact + weekday - 7 * exception + 114
        return CivilDay(year, days / 31, days % 31 + 1)
    }
}

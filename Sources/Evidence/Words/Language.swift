/// A language that dossiers are rendered in.
package enum Language: String, CaseIterable, Codable, Sendable {
    case english = "en"
    case french = "fr"

    /// Its tag (RFC 5646).
    package var tag: StaticString {
        switch self {
        case .english: "en"
        case .french: "fr"
        }
    }

    var months: [String] {
        switch self {
        case .english:
            [
                "January", "February", "March", "April", "May", "June", "July", "August",
                "September", "October", "November", "December",
            ]
        case .french:
            [
                "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août",
                "septembre", "octobre", "novembre", "décembre",
            ]
        }
    }

    /// What stands between groups of three digits.
    var groupSeparator: String {
        self == .english ? "," : "\u{202F}"
    }
    var decimalSeparator: String {
        self == .english ? "." : ","
    }
    /// What stands between a number and its unit.
    var unitSpace: String {
        self == .english ? " " : "\u{202F}"
    }
    /// What stands between a number and a per cent sign.
    var percentSpace: String {
        self == .english ? "" : "\u{202F}"
    }
    /// What stands before a colon.
    var colonSpace: String {
        self == .english ? "" : "\u{A0}"
    }
    /// What stands before a semicolon.
    var semicolonSpace: String {
        self == .english ? "" : "\u{202F}"
    }
    var truth: (yes: String, no: String) {
        self == .english ? ("yes", "no") : ("oui", "non")
    }
}

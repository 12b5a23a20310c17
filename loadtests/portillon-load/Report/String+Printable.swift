extension String {
    /// The text without what would steer a terminal, break XML or turn the words around it:
    /// controls, marks of direction and what is no character become U+FFFD; lines stay.
    var printable: String {
        replacing { scalar in scalar == "\n" || scalar == "\t" ? scalar : nil }
    }

    /// The same on one line.
    var printableLine: String {
        replacing { scalar in scalar == "\n" || scalar == "\t" ? " " : nil }
    }

    private func replacing(_ exception: (Unicode.Scalar) -> Unicode.Scalar?) -> String {
        var result = ""
        for scalar in unicodeScalars {
            result.unicodeScalars.append(
                exception(scalar) ?? (scalar.isPrintable ? scalar : "\u{FFFD}"))
        }
        return result
    }
}

extension Unicode.Scalar {
    fileprivate var isPrintable: Bool {
        switch self {
        case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}", "\u{FFFE}", "\u{FFFF}": false
        default:
            switch properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
    }
}

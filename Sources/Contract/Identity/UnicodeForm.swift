internal import Foundation

/// Canonical forms of text that is not ASCII, and classes of its characters.
///
/// The one place on an entry's path that uses Foundation: the standard library has no normalisation
/// that it shows. Only addresses that are not ASCII come here.
enum UnicodeForm {
    /// Forms of forms are the same: each is made until it no longer changes.
    private static var passes: Int { 4 }

    /// The local part of an e-mail address: NFC in lower case, with one letter sigma.
    static func local(_ text: String) -> String? {
        settled(text) { text in
            let lower = text.precomposedStringWithCanonicalMapping.lowercased()
            return mapped(lower) { $0 == "\u{3C2}" ? "\u{3C3}" : $0 }
                .precomposedStringWithCanonicalMapping
        }
    }

    /// A domain, or a label of one: NFKC in lower case, with dots for the dots of other scripts.
    static func domain(_ text: String) -> String? {
        settled(text) { text in
            mapped(text) { isDot($0) ? "." : $0 }
                .precomposedStringWithCompatibilityMapping.lowercased()
                .precomposedStringWithCompatibilityMapping
        }
    }

    /// - Returns: `nil` for a text whose form never settles.
    private static func settled(_ text: String, _ form: (String) -> String) -> String? {
        var text = text
        for _ in 0..<passes {
            let next = form(text)
            // Bytes are compared: texts are equal already where they are canonically equivalent.
            if next.utf8.elementsEqual(text.utf8) { return text }
            text = next
        }
        return nil
    }

    private static func mapped(
        _ text: String, _ change: (Unicode.Scalar) -> Unicode.Scalar
    ) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map(change)))
    }

    /// IDEOGRAPHIC, FULLWIDTH and HALFWIDTH FULL STOP (UTS #46, 2.3).
    private static func isDot(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\u{3002}" || scalar == "\u{FF0E}" || scalar == "\u{FF61}"
    }

    /// White space, control characters, and what is not seen: what copying brings along.
    static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar.properties.isDefaultIgnorableCodePoint
            || scalar.value < 0x20
    }

    /// Whether a character beyond ASCII can stand in an address: it is seen, and assigned.
    static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        if isBlank(scalar) || scalar == "\u{FFFD}" { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator, .spaceSeparator:
            return false
        default: return true
        }
    }
}

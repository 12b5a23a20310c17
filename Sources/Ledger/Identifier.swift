import Bytes

/// The one form of every name in the interface: `[a-z0-9][a-z0-9-]{0,63}`.
package enum Identifier {
    /// Whether the text has that form.
    package static func isValid(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, first != hyphen else { return false }
        guard bytes.count <= LedgerLimits.identifierBytes else { return false }
        return bytes.allSatisfy { byte in
            ASCII.isDigit(byte) || byte == hyphen || (byte &- 0x61) < 26
        }
    }

    private static var hyphen: UInt8 { 0x2D }
}

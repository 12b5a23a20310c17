internal import Bytes

/// The consents in an entry's record, one after the other: a length (one byte, 1...64) and the code
/// in UTF-8, then 0 or 32 (one byte) and as many bytes: the SHA-256 of the text that the operation
/// gave for the consent when the entry came, where it gave one.
package struct GivenConsents: ~Escapable {
    private let bytes: RawSpan
    private var offset = 0

    /// Where one of them lies in the bytes; the digest is empty where there is none.
    package struct Consent: Equatable, Sendable {
        package var name: Range<Int>
        package var textDigest: Range<Int>
    }

    /// Bytes of the longest list.
    package static var maximumBytes: Int {
        LedgerLimits.consents * (1 + LedgerLimits.consentBytes + 1 + digestBytes)
    }

    private static var digestBytes: Int { 32 }

    @_lifetime(copy bytes)
    package init(_ bytes: RawSpan) {
        self.bytes = bytes
    }

    /// The next consent; `nil` at the end.
    /// - Throws: ``EntryRecordError/malformedExtensions``.
    @_lifetime(self: copy self)
    package mutating func next() throws(EntryRecordError) -> Consent? {
        guard offset < bytes.byteCount else { return nil }
        let name = try bytes.part(at: &offset, of: 1...LedgerLimits.consentBytes)
        let digest = try bytes.part(at: &offset, of: 0...Self.digestBytes)
        guard digest.isEmpty || digest.count == Self.digestBytes else { throw .malformedExtensions }
        return Consent(name: name, textDigest: digest)
    }
}

package import Bytes

/// What an entry's record can carry beside its fixed fields: items of a tag (one byte), a length
/// (two bytes, little-endian) and as many bytes, with ascending tags, so each at most once.
///
/// A reader that does not know a tag skips the item where the tag is less than 128, and refuses the
/// record where it is 128 or more: then what the record means depends on it. This version knows
///
/// - 2: the consents that the person gave, ``GivenConsents``;
/// - 3: the solved challenge that the entry was let in with, ``SolvedChallenge``.
///
/// Reserved are
///
/// - 1: evidence of robots, for an entry that was let in;
/// - 130: a test entry, which is not to be counted.
package enum EntryExtensions {
    /// Bytes before an item's own.
    package static var headBytes: Int { 3 }
    /// The consents that were given.
    package static var consentsTag: UInt8 { 2 }
    private static var challengeTag: UInt8 { 3 }
    private static var mustBeUnderstood: UInt8 { 128 }

    /// Bytes of a solved challenge, its head included.
    package static var challengeBytes: Int { headBytes + SolvedChallenge.encodedBytes }

    /// Appends a challenge that was solved.
    package static func append(_ challenge: SolvedChallenge, to buffer: inout ByteBuffer) {
        buffer.append(challengeTag)
        buffer.append(littleEndian: UInt16(SolvedChallenge.encodedBytes))
        challenge.append(to: &buffer)
    }

    /// Checks all items.
    /// - Returns: the challenge that was solved, if there is one.
    /// - Throws: ``EntryRecordError/malformedExtensions``, or
    ///   ``EntryRecordError/unknownExtension(_:)`` for one that is not to be skipped.
    static func check(_ bytes: RawSpan) throws(EntryRecordError) -> SolvedChallenge {
        var challenge = SolvedChallenge.absent
        var offset = 0
        var last: UInt8?
        while offset < bytes.byteCount {
            guard offset + headBytes <= bytes.byteCount else { throw .malformedExtensions }
            let tag = bytes[offset]
            if let last, tag <= last { throw .malformedExtensions }
            last = tag
            if tag & mustBeUnderstood != 0 { throw .unknownExtension(tag) }
            let length = Int(bytes[offset + 1]) + Int(bytes[offset + 2]) << 8
            offset += headBytes
            guard length <= bytes.byteCount - offset else { throw .malformedExtensions }
            if tag == consentsTag {
                var consents = GivenConsents(bytes.extracting(offset..<(offset + length)))
                while try consents.next() != nil {}
            }
            if tag == challengeTag {
                guard let solved = SolvedChallenge(bytes.extracting(offset..<(offset + length)))
                else { throw .malformedExtensions }
                challenge = solved
            }
            offset += length
        }
        return challenge
    }

    /// The consents in a record's extensions.
    /// - Throws: ``EntryRecordError/malformedExtensions`` for bytes that ``check(_:)`` refuses.
    package static func consents(
        in bytes: RawSpan
    ) throws(EntryRecordError) -> [(consent: String, textDigest: String?)] {
        var found: [(consent: String, textDigest: String?)] = []
        var offset = 0
        while offset + headBytes <= bytes.byteCount {
            let tag = bytes[offset]
            let length = Int(bytes[offset + 1]) + Int(bytes[offset + 2]) << 8
            offset += headBytes
            guard length <= bytes.byteCount - offset else { throw .malformedExtensions }
            if tag == consentsTag {
                let item = bytes.extracting(offset..<(offset + length))
                var consents = GivenConsents(item)
                while let consent = try consents.next() {
                    found.append(
                        (
                            item.extracting(consent.name).text,
                            KeyDigest(item.extracting(consent.textDigest))?.hex
                        ))
                }
            }
            offset += length
        }
        return found
    }
}

package import Bytes

/// What an entry's record can carry beside its fixed fields: items of a tag (one byte), a length
/// (two bytes, little-endian) and as many bytes, with ascending tags, so each at most once.
///
/// A reader that does not know a tag skips the item where the tag is less than 128, and refuses the
/// record where it is 128 or more: then what the record means depends on it. This version knows
///
/// - 1: what speaks for a robot, ``RobotEvidenceRecord``;
/// - 2: the consents that the person gave, ``GivenConsents``;
/// - 3: the solved challenge that the entry was let in with, ``SolvedChallenge``;
/// - 129: the fingerprint of the second key, by which the entry was counted;
/// - 130: the permit of a test entry, which counts for its run alone (C7).
package enum EntryExtensions {
    /// Bytes before an item's own.
    package static var headBytes: Int { 3 }
    /// What speaks for a robot.
    package static var evidenceTag: UInt8 { 1 }
    /// The consents that were given.
    package static var consentsTag: UInt8 { 2 }
    /// The second key.
    package static var secondKeyTag: UInt8 { 129 }
    /// Bytes of a second key's item: 16 are its own.
    package static var secondKeyBytes: Int { headBytes + 16 }
    private static var challengeTag: UInt8 { 3 }
    /// Bytes of a solved challenge's item.
    package static var challengeBytes: Int { headBytes + SolvedChallenge.encodedBytes }
    /// The permit of a test entry.
    package static var permitTag: UInt8 { 130 }
    /// Bytes of a permit's item: 4 are its own.
    package static var permitBytes: Int { headBytes + 4 }
    private static var mustBeUnderstood: UInt8 { 128 }

    /// Appends a challenge that was solved.
    package static func append(_ challenge: SolvedChallenge, to buffer: inout ByteBuffer) {
        buffer.append(challengeTag)
        buffer.append(littleEndian: UInt16(SolvedChallenge.encodedBytes))
        challenge.append(to: &buffer)
    }

    /// Appends a second key's item: the fingerprint's two words, the high one first.
    package static func append(secondKey: Fingerprint, to buffer: inout ByteBuffer) {
        buffer.append(secondKeyTag)
        buffer.append(littleEndian: UInt16(16))
        buffer.append(littleEndian: secondKey.high)
        buffer.append(littleEndian: secondKey.low)
    }

    /// Appends a permit's item: its index in order of creation.
    package static func append(permit: UInt32, to buffer: inout ByteBuffer) {
        buffer.append(permitTag)
        buffer.append(littleEndian: UInt16(4))
        buffer.append(littleEndian: permit)
    }

    /// Checks all items, and reads into the command what the ledger decides by.
    /// - Throws: ``EntryRecordError/malformedExtensions``, or
    ///   ``EntryRecordError/unknownExtension(_:)`` for one that is not to be skipped.
    static func read(
        _ bytes: RawSpan, into command: inout EntryCommand
    ) throws(EntryRecordError) {
        var offset = 0
        var last: UInt8?
        while offset < bytes.byteCount {
            guard offset + headBytes <= bytes.byteCount else { throw .malformedExtensions }
            let tag = bytes[offset]
            if let last, tag <= last { throw .malformedExtensions }
            last = tag
            if tag & mustBeUnderstood != 0, tag != secondKeyTag, tag != permitTag {
                throw .unknownExtension(tag)
            }
            let length = Int(bytes[offset + 1]) + Int(bytes[offset + 2]) << 8
            offset += headBytes
            guard length <= bytes.byteCount - offset else { throw .malformedExtensions }
            if tag == evidenceTag {
                try RobotEvidenceRecord.check(bytes.extracting(offset..<(offset + length)))
            } else if tag == consentsTag {
                var consents = GivenConsents(bytes.extracting(offset..<(offset + length)))
                while try consents.next() != nil {}
            } else if tag == secondKeyTag {
                command.secondKey = try fingerprint(bytes.extracting(offset..<(offset + length)))
            } else if tag == permitTag {
                command.permit = try permit(bytes.extracting(offset..<(offset + length)))
            } else if tag == challengeTag {
                guard let solved = SolvedChallenge(bytes.extracting(offset..<(offset + length)))
                else { throw .malformedExtensions }
                command.challenge = solved
            }
            offset += length
        }
    }

    private static func permit(_ item: RawSpan) throws(EntryRecordError) -> UInt32 {
        guard item.byteCount == 4 else { throw .malformedExtensions }
        var permit: UInt32 = 0
        for offset in 0..<4 { permit |= UInt32(item[offset]) << UInt32(8 * offset) }
        guard permit < LedgerLimits.permits else { throw .malformedExtensions }
        return permit
    }

    private static func fingerprint(_ item: RawSpan) throws(EntryRecordError) -> Fingerprint {
        guard item.byteCount == 16 else { throw .malformedExtensions }
        var words: (high: UInt64, low: UInt64) = (0, 0)
        for offset in 0..<8 {
            words.high |= UInt64(item[offset]) << UInt64(8 * offset)
            words.low |= UInt64(item[offset + 8]) << UInt64(8 * offset)
        }
        let fingerprint = Fingerprint(high: words.high, low: words.low)
        guard !fingerprint.isNone else { throw .malformedExtensions }
        return fingerprint
    }

    /// What speaks for a robot in a record's extensions; `nil` where nothing does.
    /// - Throws: ``EntryRecordError/malformedExtensions`` for bytes that ``read(_:into:)`` refuses.
    package static func evidence(
        in bytes: RawSpan
    ) throws(EntryRecordError) -> RobotEvidenceRecord? {
        // Tags ascend, and this one is the lowest.
        guard bytes.byteCount >= headBytes, bytes[0] == evidenceTag else { return nil }
        let length = Int(bytes[1]) + Int(bytes[2]) << 8
        guard length <= bytes.byteCount - headBytes else { throw .malformedExtensions }
        return try RobotEvidenceRecord(
            reading: bytes.extracting(headBytes..<(headBytes + length)))
    }

    /// The consents in a record's extensions.
    /// - Throws: ``EntryRecordError/malformedExtensions`` for bytes that ``read(_:into:)`` refuses.
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

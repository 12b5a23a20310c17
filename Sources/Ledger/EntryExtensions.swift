internal import Bytes

/// What an entry's record can carry beside its fixed fields: items of a tag (one byte), a length
/// (two bytes, little-endian) and as many bytes, with ascending tags, so each at most once.
///
/// A reader that does not know a tag skips the item where the tag is less than 128, and refuses the
/// record where it is 128 or more: then what the record means depends on it. This version writes
/// none, and knows none. Reserved are
///
/// - 1: evidence of robots, for an entry that was let in;
/// - 130: a test entry, which is not to be counted.
package enum EntryExtensions {
    private static var headBytes: Int { 3 }
    private static var mustBeUnderstood: UInt8 { 128 }

    /// - Throws: ``EntryRecordError/malformedExtensions``, or
    ///   ``EntryRecordError/unknownExtension(_:)`` for one that is not to be skipped.
    static func check(_ bytes: RawSpan) throws(EntryRecordError) {
        var offset = 0
        var last: UInt8?
        while offset < bytes.byteCount {
            guard offset + headBytes <= bytes.byteCount else { throw .malformedExtensions }
            let tag = bytes[offset]
            if let last, tag <= last { throw .malformedExtensions }
            last = tag
            if tag & mustBeUnderstood != 0 { throw .unknownExtension(tag) }
            offset += headBytes + Int(bytes[offset + 1]) + Int(bytes[offset + 2]) << 8
        }
        guard offset == bytes.byteCount else { throw .malformedExtensions }
    }
}

package import Bytes

/// A structured field that is a dictionary (RFC 9651, 3.2), such as `Signature`,
/// `Content-Digest`, `Signature-Agent`: what is looked for in it is one member's value.
package enum StructuredDictionary {
    /// Members of one field.
    static var memberLimit: Int { 8 }

    /// The text of a member that is a string or a byte sequence without parameters, between its
    /// quotes or colons.
    /// - Parameters:
    ///   - name: where its name stands in the same bytes.
    ///   - field: the field's value.
    /// - Returns: nil where the field is no dictionary, the member is not there, is there twice, or
    ///   is anything else.
    package static func text(
        ofMemberNamed name: ByteRange, in field: ByteRange, _ bytes: RawSpan
    ) -> ByteRange? {
        let name = bytes.extracting(name.range)
        return text(in: field, bytes) { bytes.extracting($0).equals(name) }
    }

    /// The same of a member whose name is known.
    package static func text(
        ofMemberNamed name: StaticString, in field: ByteRange, _ bytes: RawSpan
    ) -> ByteRange? {
        text(in: field, bytes) { bytes.extracting($0).equals(name) }
    }

    /// The text of a field that is one string without parameters.
    package static func string(of field: ByteRange, _ bytes: RawSpan) -> ByteRange? {
        var scanner = StructuredFieldScanner(field.range)
        do throws(StructuredFieldError) {
            let text = try scanner.string(in: bytes)
            return scanner.isAtEnd ? ByteRange(text) : nil
        } catch {
            return nil
        }
    }

    private static func text(
        in field: ByteRange, _ bytes: RawSpan, where isNamed: (Range<Int>) -> Bool
    ) -> ByteRange? {
        var scanner = StructuredFieldScanner(field.range)
        var found: ByteRange?
        var members = 0
        do throws(StructuredFieldError) {
            repeat {
                members += 1
                guard members <= memberLimit else { return nil }
                let isWanted = isNamed(try scanner.key(in: bytes))
                let value = try value(&scanner, bytes)
                guard isWanted else { continue }
                guard found == nil, let value else { return nil }
                found = value
            } while try scanner.nextMember(in: bytes)
        } catch {
            return nil
        }
        return found
    }

    /// Reads a member's value and its parameters.
    /// - Returns: the text of a string or a byte sequence without parameters; nil of anything else.
    private static func value(
        _ scanner: inout StructuredFieldScanner, _ bytes: RawSpan
    ) throws(StructuredFieldError) -> ByteRange? {
        var text: ByteRange?
        if scanner.take(UInt8(ascii: "="), in: bytes) {
            switch try scanner.item(in: bytes) {
            case .string(let range), .bytes(let range): text = ByteRange(range)
            case .integer, .other: break
            }
        }
        let end = scanner.offset
        try scanner.skipParameters(in: bytes)
        return scanner.offset == end ? text : nil
    }
}

package import Bytes

/// One member of `Signature-Input` (RFC 9421, 4.1): what a signature covers, and its parameters.
/// Ranges are of the bytes that it was read from.
package struct SignatureInput: BitwiseCopyable, Sendable {
    /// One component that the signature covers (RFC 9421, 2).
    package struct Component: BitwiseCopyable, Sendable {
        /// As it is written, quotes and parameters included.
        package var identifier = ByteRange()
        /// Between the quotes.
        package var name = ByteRange()
        /// Of the dictionary's member that alone is covered, the parameter `key`; else empty.
        package var key = ByteRange()
    }

    /// Under which name `Signature` has the signature.
    package private(set) var label = ByteRange()
    /// The list with its parameters, as it is written: the value of `@signature-params`. A signer
    /// that writes it in another way than RFC 9651, 4.1, signs other bytes than it sends.
    package private(set) var parameters = ByteRange()
    /// Both in seconds since 1970.
    package private(set) var created: Int64?
    package private(set) var expires: Int64?
    /// Strings; empty where they are missing.
    package private(set) var keyID = ByteRange()
    package private(set) var algorithm = ByteRange()
    package private(set) var tag = ByteRange()
    package private(set) var componentCount = 0
    private var components = InlineArray<16, Component>(repeating: Component())

    /// Parameters of one signature.
    static var parameterLimit: Int { 12 }

    /// The component at a place in `0..<componentCount`.
    package subscript(index: Int) -> Component {
        precondition(index >= 0 && index < componentCount, "a component that is covered")
        return components[index]
    }

    /// Whether a component is covered, as a whole.
    package func covers(_ name: StaticString, in bytes: RawSpan) -> Bool {
        for index in 0..<componentCount
        where components[index].key.isEmpty
            && bytes.extracting(components[index].name.range).equals(name)
        {
            return true
        }
        return false
    }

    /// Reads the member of the field that has this tag.
    /// - Parameter field: the field's value.
    /// - Returns: nil where no member has the tag.
    /// - Throws: where the field is none, has two members with the tag or under one label, more
    ///   than 8 members, 16 components or 12 parameters, or a component that is named twice or has
    ///   a parameter other than `key`.
    package static func read(
        tagged tag: StaticString, in field: ByteRange, _ bytes: RawSpan
    ) throws(StructuredFieldError) -> SignatureInput? {
        var scanner = StructuredFieldScanner(field.range)
        var found: SignatureInput?
        var members = 0
        repeat {
            members += 1
            guard members <= StructuredDictionary.memberLimit else { throw .malformed }
            let input = try SignatureInput(&scanner, bytes)
            guard bytes.extracting(input.tag.range).equals(tag) else { continue }
            guard found == nil else { throw .malformed }
            found = input
        } while try scanner.nextMember(in: bytes)
        guard let found else { return nil }
        guard isOnly(found.label, in: field, bytes) else { throw .malformed }
        return found
    }

    /// Whether no other member has the label: a later one would take its place (RFC 9651, 4.2.2).
    private static func isOnly(_ label: ByteRange, in field: ByteRange, _ bytes: RawSpan) -> Bool {
        var scanner = StructuredFieldScanner(field.range)
        var count = 0
        do throws(StructuredFieldError) {
            repeat {
                let input = try SignatureInput(&scanner, bytes)
                let other = bytes.extracting(input.label.range)
                if other.equals(bytes.extracting(label.range)) { count += 1 }
            } while try scanner.nextMember(in: bytes)
        } catch {
            return false
        }
        return count == 1
    }

    private init(
        _ scanner: inout StructuredFieldScanner, _ bytes: RawSpan
    ) throws(StructuredFieldError) {
        label = ByteRange(try scanner.key(in: bytes))
        try scanner.require(UInt8(ascii: "="), in: bytes)
        let start = scanner.offset
        try scanner.require(UInt8(ascii: "("), in: bytes)
        while true {
            scanner.skipSpaces(in: bytes)
            if scanner.take(UInt8(ascii: ")"), in: bytes) { break }
            try readComponent(&scanner, bytes)
        }
        var count = 0
        while let (key, item) = try scanner.parameter(in: bytes) {
            count += 1
            guard count <= Self.parameterLimit else { throw .malformed }
            try take(bytes.extracting(key), item)
        }
        parameters = ByteRange(start..<scanner.offset)
    }

    private mutating func readComponent(
        _ scanner: inout StructuredFieldScanner, _ bytes: RawSpan
    ) throws(StructuredFieldError) {
        guard componentCount < components.count else { throw .malformed }
        let start = scanner.offset
        var component = Component()
        component.name = ByteRange(try scanner.string(in: bytes))
        while let (key, item) = try scanner.parameter(in: bytes) {
            guard bytes.extracting(key).equals("key"), component.key.isEmpty,
                case .string(let member) = item, !member.isEmpty
            else { throw .malformed }
            component.key = ByteRange(member)
        }
        component.identifier = ByteRange(start..<scanner.offset)
        let identifier = bytes.extracting(component.identifier.range)
        for index in 0..<componentCount
        where bytes.extracting(components[index].identifier.range).equals(identifier) {
            throw .malformed
        }
        // A list's items are apart.
        let isApart =
            scanner.isAtEnd || bytes[scanner.offset] == ASCII.space
            || bytes[scanner.offset] == UInt8(ascii: ")")
        guard isApart else { throw .malformed }
        components[componentCount] = component
        componentCount += 1
    }

    /// Takes a parameter that means something here; each may be there once.
    private mutating func take(
        _ key: RawSpan, _ item: StructuredItem
    ) throws(StructuredFieldError) {
        if key.equals("created") {
            created = try Self.time(item, after: created)
        } else if key.equals("expires") {
            expires = try Self.time(item, after: expires)
        } else if key.equals("keyid") {
            keyID = try Self.text(item, after: keyID)
        } else if key.equals("alg") {
            algorithm = try Self.text(item, after: algorithm)
        } else if key.equals("tag") {
            tag = try Self.text(item, after: tag)
        }
    }

    private static func time(
        _ item: StructuredItem, after earlier: Int64?
    ) throws(StructuredFieldError) -> Int64 {
        guard earlier == nil, case .integer(let time) = item else { throw .malformed }
        return time
    }

    private static func text(
        _ item: StructuredItem, after earlier: ByteRange
    ) throws(StructuredFieldError) -> ByteRange {
        guard earlier.isEmpty, case .string(let text) = item, !text.isEmpty else {
            throw .malformed
        }
        return ByteRange(text)
    }
}

package import Bytes

/// The canonical form of an e-mail address: one text for all spellings of one mailbox.
///
/// - White space around it is cut off, Unicode's too, and so are invisible characters.
/// - Letters are lower case on both sides of the `@`. RFC 5321 (2.4) leaves the case of the local
///   part to its host; no large one tells mailboxes apart by it.
/// - What is not ASCII is in the form NFC (RFC 6531, 3.1); of a domain in NFKC, as UTS #46 (4) maps
///   it, with `。` and its like for dots.
/// - A label of a domain is compared as text (U-label): `xn--` labels (A-labels, RFC 5891) are
///   decoded. One that cannot be decoded, or whose text is not in its own canonical form, is
///   compared as it is written.
/// - What the address's provider ignores of it is left out: ``EmailProvider``.
///
/// The shape is that of HTML's `<input type=email>` (HTML Standard, 4.10.5.1.5), with letters of
/// any script as in RFC 6531: no quoted local part, no address in place of a domain. The domain
/// has two labels or more (RFC 5321, 2.3.5), the last one not of digits alone (RFC 3696, 2). The
/// local part has at most 64 bytes (RFC 5321, 4.5.3.1.1), a label 63, a domain 253.
package enum EmailAddress {
    /// Longer ones are no addresses, and no work is spent on them: bytes, spaces included.
    private static var maximumBytes: Int { 2_048 }
    private static var localBytes: Int { 64 }
    private static var domainCharacters: Int { 253 }
    private static var labelCharacters: Int { 63 }

    /// See ``IdentityForm/canonicalize(_:into:)``. In ASCII the form is never longer than what was
    /// given; decoded labels and normalised letters may be, at most three times.
    package static func canonicalize(_ given: RawSpan, into form: inout ByteBuffer) -> Bool {
        form.removeAll()
        guard given.byteCount <= maximumBytes else { return false }
        return canonicalizeASCII(given, into: &form) ?? canonicalizeText(given, into: &form)
    }

    // MARK: ASCII

    /// - Returns: `nil` for an address that needs Unicode's rules.
    private static func canonicalizeASCII(
        _ given: RawSpan, into form: inout ByteBuffer
    ) -> Bool? {
        for offset in 0..<given.byteCount where given[offset] >= 0x80 { return nil }
        var start = 0
        var end = given.byteCount
        while start < end, given[start] <= ASCII.space { start += 1 }
        while start < end, given[end - 1] <= ASCII.space { end -= 1 }
        var at = start
        while at < end, given[at] != UInt8(ascii: "@") { at += 1 }
        guard at < end, (1...localBytes).contains(at - start), isDomain(given, at + 1, end) else {
            return false
        }
        for offset in start..<at where !isLocal(given[offset]) { return false }
        if hasEncodedLabel(given, at + 1, end) { return nil }
        return append(
            given.extracting(start..<at), given.extracting((at + 1)..<end), to: &form)
    }

    /// The characters of a local part without quotes (RFC 5322, 3.2.3).
    private static func isLocal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","),
            UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "<"), UInt8(ascii: ">"),
            UInt8(ascii: "@"), UInt8(ascii: "["), UInt8(ascii: "\\"), UInt8(ascii: "]"):
            false
        default: byte > ASCII.space && byte < ASCII.delete
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        ASCII.isDigit(byte) || ASCII.lowercased(byte) &- UInt8(ascii: "a") < 26
    }

    private static func isDomain(_ bytes: RawSpan, _ start: Int, _ end: Int) -> Bool {
        guard end - start <= domainCharacters else { return false }
        var labels = 0
        var labelStart = start
        var isNumber = true
        for offset in start...end {
            let byte = offset < end ? bytes[offset] : UInt8(ascii: ".")
            if byte == UInt8(ascii: ".") {
                guard (1...labelCharacters).contains(offset - labelStart),
                    bytes[labelStart] != UInt8(ascii: "-"), bytes[offset - 1] != UInt8(ascii: "-")
                else { return false }
                labels += 1
                if offset == end { return labels >= 2 && !isNumber }
                labelStart = offset + 1
                isNumber = true
            } else {
                guard isLetterOrDigit(byte) || byte == UInt8(ascii: "-") else { return false }
                if !ASCII.isDigit(byte) { isNumber = false }
            }
        }
        return false
    }

    /// Whether a label begins with `xn--`.
    private static func hasEncodedLabel(_ bytes: RawSpan, _ start: Int, _ end: Int) -> Bool {
        var labelStart = start
        for offset in start..<end where bytes[offset] == UInt8(ascii: ".") {
            if isEncoded(bytes.extracting(labelStart..<offset)) { return true }
            labelStart = offset + 1
        }
        return isEncoded(bytes.extracting(labelStart..<end))
    }

    private static func isEncoded(_ label: RawSpan) -> Bool {
        label.byteCount > 4 && label.extracting(0..<4).equals(ignoringCase: "xn--")
    }

    /// Appends the form of an address whose shape is right, and whose letters beyond ASCII are in
    /// their canonical form.
    /// - Returns: `false` where nothing is left of the local part.
    private static func append(
        _ local: RawSpan, _ domain: RawSpan, to form: inout ByteBuffer
    ) -> Bool {
        let provider = EmailProvider.of(domain)
        for offset in 0..<local.byteCount {
            let byte = ASCII.lowercased(local[offset])
            if let provider {
                if byte == UInt8(ascii: "+") { break }
                if provider.ignores(byte) { continue }
            }
            form.append(byte)
        }
        guard form.count > 0 else { return false }
        form.append(UInt8(ascii: "@"))
        if let provider {
            form.append(provider.canonicalDomain)
        } else {
            for offset in 0..<domain.byteCount { form.append(ASCII.lowercased(domain[offset])) }
        }
        return true
    }

    // MARK: Unicode

    private static func canonicalizeText(_ given: RawSpan, into form: inout ByteBuffer) -> Bool {
        let scalars = given.text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !UnicodeForm.isBlank($0) }),
            let last = scalars.lastIndex(where: { !UnicodeForm.isBlank($0) }),
            let at = scalars.firstIndex(of: "@"), first < at, at < last
        else { return false }
        guard let local = UnicodeForm.local(String(scalars[first..<at])),
            let domain = UnicodeForm.domain(
                String(scalars[scalars.index(after: at)...last]))
        else { return false }
        guard (1...localBytes).contains(local.utf8.count), isLocal(local) else { return false }
        guard let labels = labels(of: domain) else { return false }
        let length = local.utf8.count
        return (local + labels.joined(separator: ".")).withBytes { text in
            append(
                text.extracting(0..<length), text.extracting(length..<text.byteCount), to: &form)
        }
    }

    private static func isLocal(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII ? isLocal(UInt8(scalar.value)) : UnicodeForm.isVisible(scalar)
        }
    }

    /// The labels of a domain, decoded; `nil` if it cannot be one.
    private static func labels(of domain: String) -> [String]? {
        guard domain.unicodeScalars.count <= domainCharacters else { return nil }
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, let last = labels.last, !last.utf8.allSatisfy(ASCII.isDigit),
            labels.allSatisfy(isLabel)
        else { return nil }
        return labels.map { label in
            label.hasPrefix("xn--") ? decoded(label) ?? String(label) : String(label)
        }
    }

    private static func isLabel(_ label: Substring) -> Bool {
        let scalars = label.unicodeScalars
        return (1...labelCharacters).contains(scalars.count)
            && scalars.first != "-" && scalars.last != "-"
            && scalars.allSatisfy { scalar in
                scalar.isASCII
                    ? isLetterOrDigit(UInt8(scalar.value)) || scalar == "-"
                    : UnicodeForm.isVisible(scalar)
            }
    }

    /// The text of an A-label; `nil` where it has none that is its own canonical form.
    private static func decoded(_ label: Substring) -> String? {
        guard let text = Punycode.decode(label.utf8.dropFirst(4)), isLabel(Substring(text)),
            !text.utf8.allSatisfy({ $0 < 0x80 }), let form = UnicodeForm.domain(text),
            form.utf8.elementsEqual(text.utf8)
        else { return nil }
        return text
    }
}

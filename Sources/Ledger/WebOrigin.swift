internal import Bytes

/// What `allowed_origins` takes: an origin exactly as browsers send it in `Origin`, the ASCII
/// serialisation of the HTML standard, or ``any``. What is written otherwise would match no
/// browser.
package enum WebOrigin {
    /// Stands for every origin.
    package static var any: String { "*" }

    /// What is wrong with a text as an element of `allowed_origins`; `nil` if nothing is.
    package static func fault(in text: String) -> String? {
        if text == any || isOrigin(Array(text.utf8)) { return nil }
        let demand = """
            must be an origin as browsers send it: scheme, host and, unless it is the scheme's \
            default, port, all in lower case, without a path or final slash; or `*` for all
            """
        return suggestion(for: text).map { "\(demand) (did you mean `\($0)`?)" } ?? demand
    }

    private static func isOrigin(_ text: [UInt8]) -> Bool {
        guard let schemeEnd = text.firstIndex(of: UInt8(ascii: ":")),
            text[schemeEnd...].starts(with: "://".utf8), isScheme(text[..<schemeEnd])
        else { return false }
        let isWeb = defaultPort(text[..<schemeEnd]) != nil
        let rest = text[(schemeEnd + 3)...]
        // An address in brackets has colons of its own.
        let hostEnd: Int
        if rest.first == UInt8(ascii: "[") {
            guard let bracket = rest.firstIndex(of: UInt8(ascii: "]")),
                isAddress(rest[(rest.startIndex + 1)..<bracket])
            else { return false }
            hostEnd = bracket + 1
        } else {
            hostEnd = rest.firstIndex(of: UInt8(ascii: ":")) ?? rest.endIndex
            guard isHost(rest[..<hostEnd], isWeb: isWeb) else { return false }
        }
        let port = rest[hostEnd...]
        guard !port.isEmpty else { return true }
        guard port.first == UInt8(ascii: ":") else { return false }
        return isPort(port.dropFirst(), default: defaultPort(text[..<schemeEnd]))
    }

    /// A scheme of pages: `https`, `http`, or one of an app's own (`capacitor`, `tauri`, …).
    private static func isScheme(_ scheme: ArraySlice<UInt8>) -> Bool {
        guard let first = scheme.first, isLetter(first) else { return false }
        let others = "+-.".utf8
        guard scheme.allSatisfy({ isLetter($0) || ASCII.isDigit($0) || others.contains($0) })
        else { return false }
        // Pages of these have the origin `null`, or none.
        return !["file", "data", "blob", "about", "ftp", "ws", "wss", "javascript"]
            .contains { scheme.elementsEqual($0.utf8) }
    }

    private static func defaultPort(_ scheme: ArraySlice<UInt8>) -> UInt16? {
        if scheme.elementsEqual("https".utf8) { return 443 }
        return scheme.elementsEqual("http".utf8) ? 80 : nil
    }

    private static func isHost(_ host: ArraySlice<UInt8>, isWeb: Bool) -> Bool {
        guard (1...253).contains(host.count) else { return false }
        let labels = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let marks = "-_".utf8
        let areLabels = labels.allSatisfy { label in
            (1...63).contains(label.count)
                && label.allSatisfy { isLetter($0) || ASCII.isDigit($0) || marks.contains($0) }
        }
        guard areLabels, let last = labels.last else { return false }
        // Browsers take a host whose last label is a number for an IPv4 address (URL standard).
        let isNumber = last.allSatisfy(ASCII.isDigit) || last.starts(with: "0x".utf8)
        return !isWeb || !isNumber || isIPv4(labels)
    }

    private static func isIPv4(_ labels: [ArraySlice<UInt8>]) -> Bool {
        labels.count == 4
            && labels.allSatisfy { label in
                decimal(label).map { $0 <= 255 } ?? false
            }
    }

    private static func isAddress(_ address: ArraySlice<UInt8>) -> Bool {
        canonicalAddress(address)?.utf8.elementsEqual(address) == true
    }

    /// An IPv6 address as browsers write it (URL standard, "IPv6 serializer"); nil if it is none.
    private static func canonicalAddress(_ address: ArraySlice<UInt8>) -> String? {
        let text = String(decoding: address, as: UTF8.self)
        let halves = text.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
        guard let left = pieces(of: halves[0]), let right = pieces(of: halves.dropFirst().first)
        else { return nil }
        let absent = 8 - left.count - right.count
        guard halves.count == 2 ? absent > 0 : absent == 0 else { return nil }
        let pieces = left + Array(repeating: 0, count: absent) + right
        let zeros = longestZeros(of: pieces)
        func joined(_ part: some Sequence<UInt16>) -> String {
            part.map { String($0, radix: 16) }.joined(separator: ":")
        }
        if zeros.isEmpty { return joined(pieces) }
        return joined(pieces[..<zeros.lowerBound]) + "::" + joined(pieces[zeros.upperBound...])
    }

    private static func pieces(of half: Substring?) -> [UInt16]? {
        guard let half, !half.isEmpty else { return [] }
        let parts = half.split(separator: ":", omittingEmptySubsequences: false)
        let pieces = parts.compactMap { $0.utf8.count <= 4 ? UInt16($0, radix: 16) : nil }
        return pieces.count == parts.count ? pieces : nil
    }

    /// The longest run of two zeros or more, the first of those that are as long; else empty.
    private static func longestZeros(of pieces: [UInt16]) -> Range<Int> {
        var longest = 0..<0
        var start = 0
        for end in 1...pieces.count {
            if pieces[end - 1] != 0 { start = end }
            if end - start > max(longest.count, 1) { longest = start..<end }
        }
        return longest
    }

    private static func isPort(_ digits: ArraySlice<UInt8>, default standard: UInt16?) -> Bool {
        guard let port = decimal(digits) else { return false }
        return (1...65_535).contains(port) && standard.map { port != Int($0) } ?? true
    }

    /// One to five digits without leading zeros.
    private static func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
        guard (1...5).contains(digits.count), digits.allSatisfy(ASCII.isDigit),
            digits.count == 1 || digits.first != ASCII.zero
        else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - ASCII.zero) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }

    /// The origin that was probably meant: of an address copied from a browser, or a bare host.
    private static func suggestion(for text: String) -> String? {
        var bytes = text.utf8.map(ASCII.lowercased)
        let hasScheme = text.contains("://")
        if !hasScheme { bytes = Array("https://".utf8) + bytes }
        guard let start = bytes.firstIndex(of: UInt8(ascii: ":")), start + 3 <= bytes.count
        else { return nil }
        let ends = "/?#".utf8
        let end = bytes[(start + 3)...].firstIndex { ends.contains($0) } ?? bytes.endIndex
        var origin = Array(bytes[..<end])
        for (scheme, port) in [("https://", ":443"), ("http://", ":80")]
        where origin.starts(with: scheme.utf8)
            && origin.suffix(port.utf8.count).elementsEqual(port.utf8)
        {
            origin.removeLast(port.utf8.count)
        }
        if let open = origin.firstIndex(of: UInt8(ascii: "[")),
            let close = origin.firstIndex(of: UInt8(ascii: "]")), open < close,
            let address = canonicalAddress(origin[(open + 1)..<close])
        {
            origin.replaceSubrange((open + 1)..<close, with: address.utf8)
        }
        return isOrigin(origin) ? String(decoding: origin, as: UTF8.self) : nil
    }
}

internal import Addresses
internal import Bytes

/// Version 1 (2.1 there): a line for people.
///
///     PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n
///     PROXY UNKNOWN …\r\n
enum ProxyHeaderLine {
    /// - Returns: nil where bytes are missing.
    static func read(_ bytes: RawSpan) throws(ProxyHeader.Rejection) -> ProxyHeader? {
        let maximum = min(bytes.byteCount, ProxyHeader.longestLine)
        guard bytes.hasCommonStart("PROXY ", within: maximum) else { throw .malformed }
        let control = bytes.firstControl(from: 0, to: maximum)
        guard control < maximum else {
            if maximum == ProxyHeader.longestLine { throw .tooLong }
            return nil
        }
        guard bytes[control] == Byte.carriageReturn else { throw .malformed }
        guard control + 1 < ProxyHeader.longestLine else { throw .tooLong }
        guard control + 1 < bytes.byteCount else { return nil }
        guard bytes[control + 1] == Byte.lineFeed else { throw .malformed }
        let source = try self.source(bytes.extracting(0..<control))
        return ProxyHeader(source: source, byteCount: control + 2)
    }

    /// What the line says, without its end.
    private static func source(_ line: RawSpan) throws(ProxyHeader.Rejection) -> IPAddress? {
        let end = line.byteCount
        guard end > 6 else { throw .malformed }
        var at = 6
        let family = word(line, &at)
        // Whatever follows it is to be ignored.
        if line.extracting(family).equals("UNKNOWN") { return nil }
        let isFour = line.extracting(family).equals("TCP4")
        guard isFour || line.extracting(family).equals("TCP6") else { throw .malformed }
        let source = address(line.extracting(word(line, &at)), isFour: isFour)
        let target = address(line.extracting(word(line, &at)), isFour: isFour)
        guard let source, target != nil, isPort(line.extracting(word(line, &at))),
            isPort(line.extracting(word(line, &at))), at == end + 1
        else { throw .malformed }
        return source
    }

    /// The bytes up to the next space or the end, and `at` behind what ends them; empty where the
    /// line has ended before.
    private static func word(_ line: RawSpan, _ at: inout Int) -> Range<Int> {
        let start = min(at, line.byteCount)
        let end = line.first(Byte.space, from: start, to: line.byteCount) ?? line.byteCount
        at = max(at, end + 1)
        return start..<end
    }

    private static func address(_ text: RawSpan, isFour: Bool) -> IPAddress? {
        isFour ? IPAddress(ipv4Text: text) : IPAddress(ipv6Text: text)
    }

    /// 0 to 65535, without leading zeros.
    private static func isPort(_ text: RawSpan) -> Bool {
        text.isPort(0..<text.byteCount) && (text.byteCount == 1 || text[0] != Byte.zero)
    }
}

extension RawSpan {
    /// Whether the first bytes, as far as both are there, are the text's.
    fileprivate func hasCommonStart(_ text: StaticString, within maximum: Int) -> Bool {
        for at in 0..<min(maximum, text.utf8CodeUnitCount) {
            // Safe: `at` is within the text's length.
            if unsafe self[at] != text.utf8Start[at] { return false }
        }
        return true
    }
}

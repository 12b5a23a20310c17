package import Addresses
internal import Bytes

/// The two fields' grammars. A field that is sent in several lines is one list, in their order
/// (RFC 9110, 5.3): the lines are taken one after the other.
extension ForwardedChain {
    /// Takes one line of `X-Forwarded-For`: hops with commas between.
    ///
    /// An empty element is a hop without an address, not nothing: a proxy whose client has no
    /// address (a local socket) writes one, and what stands before it came from that client.
    /// - Complexity: linear in the line, which the head's limit bounds.
    package mutating func append(
        xForwardedFor line: RawSpan, trusting isTrusted: (IPAddress) -> Bool
    ) {
        let end = line.byteCount
        var at = 0
        while true {
            let comma = line.first(Byte.comma, from: at, to: end) ?? end
            let hop = line.trimmed(at, comma)
            let node = line.extracting(hop.start..<hop.end)
            take(ForwardedNode.address(in: node, .xForwardedFor), trusting: isTrusted)
            if comma == end { return }
            at = comma + 1
        }
    }

    /// Takes one line of `Forwarded` (RFC 7239, 4): elements with commas between, of which the
    /// `for` parameter counts.
    ///
    /// Where the grammar breaks, the rest of the line is one hop without an address: behind a
    /// quote that nobody closes, nobody can tell any more which commas are somebody's.
    /// - Complexity: linear in the line, which the head's limit bounds.
    package mutating func append(forwarded line: RawSpan, trusting isTrusted: (IPAddress) -> Bool) {
        let end = line.byteCount
        var at = 0
        while true {
            at = line.skipBlanks(from: at, to: end)
            guard let element = ForwardedElement(line, from: at) else {
                return take(nil, trusting: isTrusted)
            }
            at = line.skipBlanks(from: element.end, to: end)
            guard at == end || line[at] == Byte.comma else {
                return take(nil, trusting: isTrusted)
            }
            take(element.address, trusting: isTrusted)
            if at == end { return }
            at += 1
        }
    }
}

/// `forwarded-element = [ forwarded-pair ] *( ";" [ forwarded-pair ] )` of RFC 7239, 4.
private struct ForwardedElement {
    /// What `for` says, if it says an address.
    private(set) var address: IPAddress?
    /// Behind the element.
    private(set) var end: Int
    private var hasFor = false

    /// - Returns: nil where the grammar breaks, or `for` comes twice.
    init?(_ line: RawSpan, from start: Int) {
        end = start
        while parsePair(line) {
            guard end < line.byteCount, line[end] == 0x3B else { return }
            end += 1
        }
        return nil
    }

    /// `[ token "=" ( token / quoted-string ) ]`
    /// - Returns: whether it is one.
    private mutating func parsePair(_ line: RawSpan) -> Bool {
        let name = end..<line.firstNot(.token, from: end, to: line.byteCount)
        if name.isEmpty { return true }
        guard name.upperBound < line.byteCount, line[name.upperBound] == 0x3D else { return false }
        let start = name.upperBound + 1
        let value: Range<Int>
        if start < line.byteCount, line[start] == Byte.quote {
            guard let close = line.endOfQuoted(from: start, to: line.byteCount) else {
                return false
            }
            value = (start + 1)..<(close - 1)
            end = close
        } else {
            value = start..<line.firstNot(.token, from: start, to: line.byteCount)
            if value.isEmpty { return false }
            end = value.upperBound
        }
        guard line.extracting(name).equals(ignoringCase: "for") else { return true }
        if hasFor { return false }
        hasFor = true
        // An address has nothing to escape: a backslash in one makes it none.
        address = ForwardedNode.address(in: line.extracting(value), .forwarded)
        return true
    }
}

extension RawSpan {
    /// The first byte in `start..<end` that is no space and no tab; else `end`.
    fileprivate func skipBlanks(from start: Int, to end: Int) -> Int {
        var at = start
        while at < end, self[at] == Byte.space || self[at] == Byte.tab { at += 1 }
        return at
    }
}

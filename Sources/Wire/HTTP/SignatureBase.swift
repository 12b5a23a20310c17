package import Bytes

/// The bytes that a signature of a request is made of (RFC 9421, 2.5).
package enum SignatureBase {
    /// Bytes of one, at most.
    static var byteLimit: Int { 16 << 10 }

    /// Appends the signature base.
    /// - Parameters:
    ///   - scheme: that the client went by, `https` or `http`; nil where only a proxy knows, which
    ///     is taken for `https`.
    ///   - request: the bytes that the head and the input were read from.
    /// - Returns: false where the input covers what is not there, or what is not known here, or the
    ///   base would be longer than 16 KiB.
    package static func append(
        _ input: SignatureInput, _ head: borrowing RequestParser, _ request: RawSpan,
        over scheme: StaticString?, to base: inout ByteBuffer
    ) -> Bool {
        let start = base.count
        for index in 0..<input.componentCount {
            let component = input[index]
            base.append(request.extracting(component.identifier.range))
            base.append(": " as StaticString)
            guard append(component, head, request, over: scheme, to: &base),
                base.count - start <= byteLimit
            else { return false }
            base.append(ASCII.lineFeed)
        }
        base.append("\"@signature-params\": " as StaticString)
        base.append(request.extracting(input.parameters.range))
        return base.count - start <= byteLimit
    }

    /// Appends the host that a request is for as it is signed (RFC 9421, 2.2.3): in lower case, and
    /// without the scheme's own port.
    package static func append(
        authorityOf head: borrowing RequestParser, _ request: RawSpan,
        over scheme: StaticString?, to base: inout ByteBuffer
    ) {
        guard let field = head[.host] else { return }
        var host = request.extracting(field.range)
        let port = host.byteCount - HTTPAuthority.hostRange(host).count
        let text = host.extracting((host.byteCount - port)..<host.byteCount)
        let isOwn = isEncrypted(scheme) ? text.equals(":443") : text.equals(":80")
        // A port that is left empty is the scheme's own, too.
        if isOwn || text.equals(":") { host = host.extracting(0..<(host.byteCount - port)) }
        for offset in 0..<host.byteCount { base.append(ASCII.lowercased(host[offset])) }
    }

    private static func isEncrypted(_ scheme: StaticString?) -> Bool {
        scheme?.utf8CodeUnitCount != 4
    }

    /// Appends the value of a component.
    private static func append(
        _ component: SignatureInput.Component, _ head: borrowing RequestParser,
        _ request: RawSpan, over scheme: StaticString?, to base: inout ByteBuffer
    ) -> Bool {
        let name = request.extracting(component.name.range)
        guard name.byteCount > 0, name[0] == UInt8(ascii: "@") else {
            return append(fieldOf: component, named: name, head, request, to: &base)
        }
        guard component.key.isEmpty else { return false }
        if name.equals("@method") {
            base.append(request.extracting(head.methodRange.range))
        } else if name.equals("@authority") {
            append(authorityOf: head, request, over: scheme, to: &base)
        } else if name.equals("@path") {
            base.append(request.extracting(head.path.range))
        } else if name.equals("@query") {
            base.append(UInt8(ascii: "?"))
            base.append(request.extracting(head.query.range))
        } else if name.equals("@target-uri") {
            base.append((isEncrypted(scheme) ? "https://" : "http://") as StaticString)
            append(authorityOf: head, request, over: scheme, to: &base)
            base.append(request.extracting(head.path.range))
            if !head.query.isEmpty {
                base.append(UInt8(ascii: "?"))
                base.append(request.extracting(head.query.range))
            }
        } else {
            return false
        }
        return true
    }

    /// Appends the value of a header field; of one that is sent in several lines all of them, as
    /// one list (RFC 9421, 2.1).
    private static func append(
        fieldOf component: SignatureInput.Component, named name: RawSpan,
        _ head: borrowing RequestParser, _ request: RawSpan, to base: inout ByteBuffer
    ) -> Bool {
        var lines = 0
        let fields = head.sentFields
        for index in fields.indices {
            let field = fields[index]
            guard isName(request.extracting(field.name.range), name) else { continue }
            if lines > 0 { base.append(", " as StaticString) }
            lines += 1
            guard !component.key.isEmpty else {
                base.append(request.extracting(field.value.range))
                continue
            }
            // Of `Signature-Agent`, whose members are strings (and which is looked at in one line).
            let member = StructuredDictionary.text(
                ofMemberNamed: component.key, in: field.value, request)
            guard name.equals("signature-agent"), lines == 1, let member else { return false }
            base.append(ASCII.quote)
            base.append(request.extracting(member.range))
            base.append(ASCII.quote)
        }
        return lines > 0
    }

    /// Whether a field's name is this one: components are named in lower case.
    private static func isName(_ field: RawSpan, _ name: RawSpan) -> Bool {
        guard field.byteCount == name.byteCount else { return false }
        for offset in 0..<name.byteCount where ASCII.lowercased(field[offset]) != name[offset] {
            return false
        }
        return true
    }
}

import Bytes
import Wire

/// What a robot's request says of its signature: the first line is `Signature-Input`, the others
/// are header lines of the request, and each line is looked at as a dictionary, too.
///
/// What is read lies in what was sent and is read from its own text as the same; a signature's base
/// has a line for each component and no other, so that two inputs never make one base.
enum SignatureTarget {
    private static let tag: StaticString = "web-bot-auth"

    @Sendable static func run(_ input: [UInt8]) throws {
        let lines = input.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
        for line in lines { try checkMember(line) }
        let field = lines.first ?? []
        guard let read = read(field) else { return }
        try checkAlone(read, in: field)
        try checkBase(lines)
    }

    private static func read(_ field: [UInt8]) -> SignatureInput? {
        field.withBytes { bytes in
            do throws(StructuredFieldError) {
                return try SignatureInput.read(
                    tagged: tag, in: ByteRange(0..<bytes.byteCount), bytes)
            } catch {
                return nil
            }
        }
    }

    private static func text(_ range: ByteRange, _ field: [UInt8]) -> [UInt8] {
        Array(field[range.range])
    }

    /// Its own label and list, without the other members.
    private static func checkAlone(_ input: SignatureInput, in field: [UInt8]) throws {
        let label = text(input.label, field)
        let alone = label + [UInt8(ascii: "=")] + text(input.parameters, field)
        guard let again = read(alone) else {
            throw Finding(description: "its own text is not read")
        }
        try require(
            text(again.label, alone) == label
                && text(again.parameters, alone) == text(input.parameters, field)
                && text(again.keyID, alone) == text(input.keyID, field)
                && text(again.algorithm, alone) == text(input.algorithm, field)
                && text(again.tag, alone) == Array("web-bot-auth".utf8)
                && again.created == input.created && again.expires == input.expires
                && again.componentCount == input.componentCount,
            "its own text is read as something else")
        var identifiers: Set<[UInt8]> = []
        for index in 0..<input.componentCount {
            let identifier = text(input[index].identifier, field)
            try require(identifiers.insert(identifier).inserted, "a component is covered twice")
            try require(
                identifier == text(again[index].identifier, alone), "a component is another one")
        }
        // Twice under one label, or with the tag: nobody says which one counts.
        try require(read(alone + [UInt8(ascii: ",")] + alone) == nil, "one of two is read")
    }

    private static func checkBase(_ lines: [[UInt8]]) throws {
        var request = Array("POST /a?b HTTP/1.1\r\nHost: a\r\nSignature-Input: ".utf8)
        for line in lines { request += line + [0x0D, 0x0A] }
        request += [0x0D, 0x0A]
        var parser = RequestParser(limits: HTTPLimits())
        var span = request.mutableSpan
        var raw = unsafe span.mutableBytes
        guard parser.parse(&raw) == .complete else { return }
        guard let (base, count) = unsafe base(parser, request.span.bytes) else { return }
        try require(
            base.count { $0 == 0x0A } == count, "a base of other lines than its components")
        try require(!base.contains(0x0D), "a carriage return is signed")
    }

    private static func base(
        _ head: borrowing RequestParser, _ request: RawSpan
    ) -> (base: [UInt8], components: Int)? {
        guard case .once(let field) = head.only("signature-input", in: request) else { return nil }
        do throws(StructuredFieldError) {
            guard let input = try SignatureInput.read(tagged: tag, in: field, request) else {
                return nil
            }
            var base = ByteBuffer(capacity: 256)
            guard SignatureBase.append(input, head, request, over: "https", to: &base) else {
                return nil
            }
            return (base.bytes.array, input.componentCount)
        } catch {
            return nil
        }
    }

    /// A member that is found is found behind another one, and not where it stands twice.
    private static func checkMember(_ field: [UInt8]) throws {
        guard let found = member(field) else { return }
        let front = Array("zz=1, ".utf8) + field
        let behind = field + Array(", sig=:AA==:".utf8)
        // Eight members are all that there may be.
        if let again = member(front) {
            try require(again == found, "a member is found as another one")
        }
        try require(member(behind) == nil, "one of two members is found")
    }

    private static func member(_ field: [UInt8]) -> [UInt8]? {
        field.withBytes { bytes in
            StructuredDictionary.text(
                ofMemberNamed: "sig", in: ByteRange(0..<bytes.byteCount), bytes
            ).map { bytes.extracting($0.range).array }
        }
    }
}

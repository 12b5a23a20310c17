internal import Bytes
internal import Cryptography

/// Reads what a client sends as `altcha`: base64 with padding (RFC 4648, 4) of JSON.
///
/// Strict: these members in these types and no others, each once, in any order. An integer is
/// decimal digits, without sign, fraction and exponent. Hexadecimal digits are lower-case, as they
/// were given out; those of the derived key, which the client writes, may be of either case.
package struct SolutionReader: ~Copyable {
    /// The text, decoded.
    private var json = ByteBuffer(capacity: 2_048)
    private var parser = SolutionParser()

    /// Bytes of the longest text; libraries send some 1,000.
    package static var maximumBytes: Int { 4_096 }

    package init() {}

    /// What the ranges of the solution that was read last count from.
    package var values: RawSpan {
        @_lifetime(borrow self)
        get { parser.values.bytes }
    }

    /// - Returns: nil for anything else.
    package mutating func read(_ text: RawSpan) -> ChallengeSolution? {
        json.removeAll()
        guard text.byteCount <= Self.maximumBytes, json.append(decodingBase64: text) else {
            return nil
        }
        return Self.parse(json, &parser)
    }

    /// Takes the fields one by one: a span of one is held against all of its owner.
    private static func parse(
        _ json: borrowing ByteBuffer, _ parser: inout SolutionParser
    ) -> ChallengeSolution? {
        parser.parse(json.bytes)
    }
}

internal import Bytes
internal import Cryptography

/// The members of a solution, from JSON; see ``SolutionReader``.
struct SolutionParser: ~Copyable {
    /// Texts and bytes of the solution that was parsed last.
    private(set) var values = ByteBuffer(capacity: 512)
    private var solution = ChallengeSolution()
    /// A bit for each member that was read.
    private var seen: UInt32 = 0
    /// A name or a text, escapes decoded.
    private var text = ByteBuffer(capacity: 128)
    private var scanner = SolutionScanner()

    /// - Returns: nil where the bytes are anything else.
    mutating func parse(_ json: RawSpan) -> ChallengeSolution? {
        values.removeAll()
        solution = ChallengeSolution()
        seen = 0
        scanner = SolutionScanner()
        do {
            try readObject(nil, json)
            try scanner.requireEnd(of: json)
        } catch {
            return nil
        }
        solution.isSolved = seen & Member.solution.bit != 0
        let due = solution.isSolved ? Member.required | Member.solved : Member.required
        return seen & due == due ? solution : nil
    }

    /// Every member, of whichever object.
    private enum Member: UInt32, CaseIterable {
        case challenge, solution
        case parameters, signature
        case algorithm, cost, data, expiresAt, keyLength, keyPrefix, keySignature, nonce, salt
        case key, level, operation, readyAt
        case counter, derivedKey, time

        var bit: UInt32 { 1 << rawValue }

        /// The member that has this one in it; nil for the outermost.
        var parent: Member? {
            switch self {
            case .challenge, .solution: nil
            case .parameters, .signature: .challenge
            case .algorithm, .cost, .data, .expiresAt, .keyLength, .keyPrefix, .keySignature,
                .nonce, .salt:
                .parameters
            case .key, .level, .operation, .readyAt: .data
            case .counter, .derivedKey, .time: .solution
            }
        }

        var name: StaticString {
            switch self {
            case .challenge: "challenge"
            case .solution: "solution"
            case .parameters: "parameters"
            case .signature: "signature"
            case .algorithm: "algorithm"
            case .cost: "cost"
            case .data: "data"
            case .expiresAt: "expiresAt"
            case .keyLength: "keyLength"
            case .keyPrefix: "keyPrefix"
            case .keySignature: "keySignature"
            case .nonce: "nonce"
            case .salt: "salt"
            case .key: "key"
            case .level: "level"
            case .operation: "operation"
            case .readyAt: "readyAt"
            case .counter: "counter"
            case .derivedKey: "derivedKey"
            case .time: "time"
            }
        }

        /// What a solution has; it may be left out whole.
        static let solved = Self.solution.bit | Self.counter.bit | Self.derivedKey.bit
        /// All but those that may be left out.
        static let required =
            allCases.reduce(0) { $0 | $1.bit }
            & ~(Self.key.bit | Self.readyAt.bit | Self.time.bit | solved)

        static func named(_ name: RawSpan, in parent: Member?) -> Member? {
            for member in allCases where member.parent == parent && name.equals(member.name) {
                return member
            }
            return nil
        }
    }

    private mutating func readObject(
        _ parent: Member?, _ json: RawSpan
    ) throws(SolutionError) {
        try scanner.require(UInt8(ascii: "{"), in: json)
        var isFirst = true
        while try scanner.nextName(in: json, isFirst: &isFirst, into: &text) {
            guard let member = Member.named(text.bytes, in: parent), seen & member.bit == 0 else {
                throw .malformed
            }
            seen |= member.bit
            try read(member, json)
        }
    }

    private mutating func read(_ member: Member, _ json: RawSpan) throws(SolutionError) {
        switch member {
        case .challenge, .solution, .parameters, .data: try readObject(member, json)
        case .algorithm:
            try scanner.string(in: json, into: &text)
            guard text.bytes.equals(ChallengeParameters.algorithm) else { throw .malformed }
        case .keyLength:
            guard try scanner.integer(in: json) == ChallengeParameters.keyLength else {
                throw .malformed
            }
        case .cost: solution.cost = try integer(json)
        case .expiresAt: solution.expires = try integer(json)
        case .level: solution.level = try integer(json)
        case .readyAt: solution.ready = try integer(json)
        case .counter: solution.counter = try integer(json)
        case .time: try scanner.number(in: json)
        case .operation:
            try scanner.string(in: json, into: &text)
            let start = values.count
            Self.append(text, to: &values)
            solution.operation = ByteRange(start..<values.count)
        case .key: solution.key = try hexadecimal(json, ChallengeSigner.keyBytes)
        case .nonce: solution.nonce = try hexadecimal(json, ChallengePuzzle.nonceBytes)
        case .salt: solution.salt = try hexadecimal(json, ChallengePuzzle.nonceBytes)
        case .keyPrefix: solution.keyPrefix = try hexadecimal(json, ChallengePuzzle.keyBytes / 2)
        case .keySignature: solution.keySignature = try hexadecimal(json, ChallengePuzzle.keyBytes)
        case .signature: solution.signature = try hexadecimal(json, ChallengePuzzle.keyBytes)
        case .derivedKey:
            solution.derivedKey = try hexadecimal(json, ChallengePuzzle.keyBytes, inAnyCase: true)
        }
    }

    private mutating func integer<Value: FixedWidthInteger>(
        _ json: RawSpan
    ) throws(SolutionError) -> Value {
        guard let value = Value(exactly: try scanner.integer(in: json)) else { throw .malformed }
        return value
    }

    /// A string of so many bytes in hexadecimal; they go to the values.
    private mutating func hexadecimal(
        _ json: RawSpan, _ count: Int, inAnyCase: Bool = false
    ) throws(SolutionError) -> ByteRange {
        try scanner.string(in: json, into: &text)
        guard text.count == 2 * count, inAnyCase || Self.isLowercase(text) else {
            throw .malformed
        }
        let start = values.count
        guard Self.append(decoding: text, to: &values) else { throw .malformed }
        return ByteRange(start..<values.count)
    }

    private static func isLowercase(_ text: borrowing ByteBuffer) -> Bool {
        for offset in 0..<text.count
        where ASCII.lowercased(text.bytes[offset]) != text.bytes[offset] {
            return false
        }
        return true
    }

    // Take the fields one by one: a span of one is held against all of its owner.

    private static func append(_ text: borrowing ByteBuffer, to values: inout ByteBuffer) {
        values.append(text.bytes)
    }

    private static func append(
        decoding text: borrowing ByteBuffer, to values: inout ByteBuffer
    ) -> Bool {
        values.append(decodingHexadecimal: text.bytes)
    }
}

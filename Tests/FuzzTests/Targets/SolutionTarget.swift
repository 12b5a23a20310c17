import Bytes
import Cryptography

@testable import Robots

/// What a client sends as a solved challenge: JSON, as it is before base64.
///
/// Whatever comes, what is read lies in the reader's values, and is written by its parameters as
/// JSON that is read as the same. Nothing is proved by it but what the operation itself gave out:
/// the one solution that is right, changed in any place, proves the same challenge or none.
enum SolutionTarget {
    private static let operation = Array("ete".utf8)
    private static let key = [UInt8](1...8)

    @Sendable static func run(_ input: [UInt8]) throws {
        try checkText(input)
        try checkRead(input)
        try checkChanged(input)
    }

    /// As it came, which is seldom base64.
    private static func checkText(_ input: [UInt8]) throws {
        var reader = SolutionReader()
        let isRead = input.withBytes { reader.read($0) } != nil
        try require(!isRead || input.count % 4 == 0, "a text without its padding is read")
    }

    private static func checkRead(_ input: [UInt8]) throws {
        var reader = SolutionReader()
        let text = base64(input)
        guard let solution = text.withBytes({ reader.read($0) }) else { return }
        let size = reader.values.byteCount
        for range in parts(of: solution) {
            try require(range.range.upperBound <= size, "a part behind the values")
        }
        try require(
            solution.nonce.count == 16 && solution.salt.count == 16
                && solution.keyPrefix.count == 16 && solution.keySignature.count == 32
                && solution.signature.count == 32
                && solution.derivedKey.count == (solution.isSolved ? 32 : 0)
                && [0, 8].contains(solution.key.count), "a part of another length")
        var again = SolutionReader()
        let written = base64(write(solution, reader))
        guard let second = written.withBytes({ again.read($0) }) else {
            throw Finding(description: "what is written is not read")
        }
        for (one, other) in zip(parts(of: solution), parts(of: second)) {
            let isSame = reader.values.extracting(one.range)
                .equals(again.values.extracting(other.range))
            try require(isSame, "what is written is read as something else")
        }
        try require(
            second.cost == solution.cost && second.level == solution.level
                && second.expires == solution.expires && second.counter == solution.counter
                && second.ready == solution.ready && second.isSolved == solution.isSolved,
            "a number is read as another")
        var signer = ChallengeSigner(secrets)
        let proved = prove(solution, reader, &signer)
        try require(proved == nil || isRight(solution, reader), "a forgery")
    }

    private static func parts(of solution: ChallengeSolution) -> [ByteRange] {
        [
            solution.operation, solution.key, solution.nonce, solution.salt, solution.keyPrefix,
            solution.keySignature, solution.signature, solution.derivedKey,
        ]
    }

    /// The right one, or one that was waited for, with a byte of it changed.
    private static func checkChanged(_ input: [UInt8]) throws {
        for whole in [right, waited] { try checkChanged(whole, input) }
    }

    private static func checkChanged(_ whole: [UInt8], _ input: [UInt8]) throws {
        var draws = InputReader(input)
        var text = whole
        let place = Int(draws.word(bytes: 2)) % text.count
        text[place] ^= draws.byte()
        var reader = SolutionReader()
        let written = base64(text)
        guard let solution = written.withBytes({ reader.read($0) }) else { return }
        var signer = ChallengeSigner(secrets)
        let proved = prove(solution, reader, &signer)
        try require(proved == nil || isRight(solution, reader), "a changed solution is right")
    }

    // MARK: The right one

    private static var secrets: ChallengeSecrets {
        [UInt8](0..<32).withBytes { ChallengeSecrets(SymmetricKey($0)) }
    }

    private static var puzzle: ByteBuffer {
        var puzzle = ByteBuffer(capacity: 80)
        [UInt8](32..<64).withBytes {
            ChallengePuzzle.append(random: $0, counter: 3, cost: 1, level: .usual, to: &puzzle)
        }
        return puzzle
    }

    /// As JSON.
    private static let right = made(solved: true)
    /// The same challenge without its solution.
    private static let waited = made(solved: false)

    private static func made(solved isSolved: Bool) -> [UInt8] {
        let made = puzzle
        var signer = ChallengeSigner(secrets)
        var json = ByteBuffer(capacity: 1_024)
        json.append("{\"challenge\":" as StaticString)
        operation.withBytes { operation in
            key.withBytes { key in
                signer.append(
                    ChallengePuzzle(made.bytes), operation: operation, key: key,
                    expires: 1_795_176_600, ready: 1_795_176_060, to: &json)
            }
        }
        guard isSolved else {
            json.append(UInt8(ascii: "}"))
            return json.bytes.array
        }
        json.append(",\"solution\":{\"counter\":3,\"derivedKey\":\"" as StaticString)
        json.append(hexadecimal: made.bytes.extracting(32..<64))
        json.append("\"}}" as StaticString)
        return json.bytes.array
    }

    private static func isRight(
        _ solution: ChallengeSolution, _ reader: borrowing SolutionReader
    ) -> Bool {
        let made = puzzle
        let key = reader.values.extracting(solution.derivedKey.range)
        // Inputs that were kept are of challenges without a wait, too.
        let isWorkDone = solution.isSolved && key.equals(made.bytes.extracting(32..<64))
        let mayWait = !solution.isSolved && solution.ready == 1_795_176_060
        return (isWorkDone || mayWait)
            && reader.values.extracting(solution.nonce.range)
                .equals(made.bytes.extracting(0..<16))
    }

    private static func prove(
        _ solution: ChallengeSolution, _ reader: borrowing SolutionReader,
        _ signer: inout ChallengeSigner
    ) -> VerifiedChallenge? {
        var names = ByteBuffer(capacity: 16)
        operation.withBytes { names.append($0) }
        key.withBytes { names.append($0) }
        let end = operation.count
        return signer.verify(
            solution, reader.values, operation: names.bytes.extracting(0..<end),
            key: names.bytes.extracting(end..<names.count))
    }

    /// A solution as JSON, from what was read of it.
    private static func write(
        _ solution: ChallengeSolution, _ reader: borrowing SolutionReader
    ) -> [UInt8] {
        let values = reader.values
        var json = ByteBuffer(capacity: 1_024)
        json.append("{\"challenge\":{\"parameters\":" as StaticString)
        // An operation's name needs no escapes; another text may.
        var operation = ByteBuffer(capacity: 128)
        let name = values.extracting(solution.operation.range)
        for offset in 0..<name.byteCount {
            operation.append("\\u00" as StaticString)
            operation.append(hexadecimal: name.extracting(offset..<(offset + 1)))
        }
        ChallengeParameters(
            cost: solution.cost, level: solution.level, expires: solution.expires,
            ready: solution.ready, operation: operation.bytes,
            key: values.extracting(solution.key.range),
            nonce: values.extracting(solution.nonce.range),
            salt: values.extracting(solution.salt.range),
            keyPrefix: values.extracting(solution.keyPrefix.range),
            keySignature: values.extracting(solution.keySignature.range)
        ).append(to: &json)
        json.append(",\"signature\":\"" as StaticString)
        json.append(hexadecimal: values.extracting(solution.signature.range))
        guard solution.isSolved else {
            json.append("\"}}" as StaticString)
            return json.bytes.array
        }
        json.append("\"},\"solution\":{\"counter\":" as StaticString)
        json.append(decimal: UInt64(solution.counter))
        json.append(",\"derivedKey\":\"" as StaticString)
        json.append(hexadecimal: values.extracting(solution.derivedKey.range))
        json.append("\"}}" as StaticString)
        return json.bytes.array
    }

    private static func base64(_ bytes: [UInt8]) -> [UInt8] {
        var text = ByteBuffer(capacity: 2_048)
        bytes.withBytes { text.append(base64: $0) }
        return text.bytes.array
    }
}

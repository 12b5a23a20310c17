import Bytes
import Cryptography

@testable import Robots

/// A challenge as clients get it, made of numbers, with what solves it.
struct MadeChallenge {
    var parameters: [(name: String, value: String)]
    var signature: String
    let counter: UInt32
    let derivedKey: String

    static let operation = Array("ete-2026".utf8)
    static let key = [UInt8](0xA0..<0xA8)
    static let expires: UInt32 = 1_795_176_600

    /// What an operation has for the time being.
    static func secrets(_ first: UInt8 = 0) -> ChallengeSecrets {
        [UInt8](first..<(first + 32)).withBytes { ChallengeSecrets(SymmetricKey($0)) }
    }

    /// - Parameter key: whom it is for; empty for every key.
    init(
        counter: UInt32 = 7, key: [UInt8] = Self.key, ready: UInt32 = 0,
        secrets: ChallengeSecrets = Self.secrets()
    ) {
        let random = [UInt8](0..<32)
        var puzzle = ByteBuffer(capacity: 80)
        random.withBytes {
            ChallengePuzzle.append(
                random: $0, counter: counter, cost: 10, level: .usual, to: &puzzle)
        }
        var signer = ChallengeSigner(secrets)
        var answer = ByteBuffer(capacity: 512)
        Self.operation.withBytes { operation in
            key.withBytes { key in
                signer.append(
                    ChallengePuzzle(puzzle.bytes), operation: operation, key: key,
                    expires: Self.expires, ready: ready, to: &answer)
            }
        }
        let text = answer.text
        let found = text.firstRange(of: "},\"signature\":\"")
        let end = found?.lowerBound ?? text.endIndex
        parameters = Self.members(String(text[..<end]))
        signature = String(text[(found?.upperBound ?? text.endIndex)...].prefix(64))
        self.counter = counter
        derivedKey = String(puzzle.text(ofKeyAt: 32))
    }

    /// The members of `{"parameters":{…`, whose values have no commas but within `data`.
    private static func members(_ text: String) -> [(name: String, value: String)] {
        var members: [(name: String, value: String)] = []
        var rest = text.dropFirst("{\"parameters\":{".count)
        while !rest.isEmpty {
            let name = rest.dropFirst().prefix { $0 != "\"" }
            rest = rest.dropFirst(name.count + 3)
            var value = String(rest.prefix { $0 != "," })
            if rest.hasPrefix("{") { value = String(rest.prefix { $0 != "}" }) + "}" }
            members.append((String(name), value))
            rest = rest.dropFirst(value.count + 1)
        }
        return members
    }

    /// As a client sends it, before base64.
    func solution(
        time: String? = "12.5", space: String = "", escapingSlash: Bool = false
    ) -> String {
        var written = parameters
        if escapingSlash { written[0].value = #""PBKDF2\/SHA-256""# }
        let inner = written.map { "\"\($0.name)\":\(space)\($0.value)" }
            .joined(separator: "," + space)
        let challenge = "{\"parameters\":\(space){\(inner)},\"signature\":\"\(signature)\"}"
        var members = ["\"counter\":\(space)\(counter)", "\"derivedKey\":\"\(derivedKey)\""]
        if let time { members.append("\"time\":\(time)") }
        return "{\"challenge\":\(challenge),\(space)\"solution\":{"
            + members.joined(separator: "," + space) + "}}"
    }

    /// As a client sends it that cannot solve it.
    var unsolved: String {
        let inner = parameters.map { "\"\($0.name)\":\($0.value)" }.joined(separator: ",")
        return "{\"challenge\":{\"parameters\":{\(inner)},\"signature\":\"\(signature)\"}}"
    }

    func with(_ change: (inout MadeChallenge) -> Void) -> MadeChallenge {
        var changed = self
        change(&changed)
        return changed
    }

    mutating func set(_ name: String, _ value: String) {
        for index in parameters.indices where parameters[index].name == name {
            parameters[index].value = value
        }
    }
}

extension ByteBuffer {
    fileprivate func text(ofKeyAt offset: Int) -> String {
        var text = ByteBuffer(capacity: 64)
        text.append(hexadecimal: bytes.extracting(offset..<(offset + 32)))
        return text.text
    }
}

/// What a text proves to an operation, for an entry with this key.
func verified(
    _ json: String, operation: String = "ete-2026", key: [UInt8] = MadeChallenge.key,
    secrets: ChallengeSecrets = MadeChallenge.secrets()
) -> VerifiedChallenge? {
    var text = ByteBuffer(capacity: 2_048)
    json.withBytes { text.append(base64: $0) }
    return verified(base64: text.text, operation: operation, key: key, secrets: secrets)
}

func verified(
    base64: String, operation: String = "ete-2026", key: [UInt8] = MadeChallenge.key,
    secrets: ChallengeSecrets = MadeChallenge.secrets()
) -> VerifiedChallenge? {
    var reader = SolutionReader()
    var signer = ChallengeSigner(secrets)
    guard let solution = base64.withBytes({ reader.read($0) }) else { return nil }
    return operation.withBytes { operation in
        key.withBytes { key in
            signer.verify(solution, reader.values, operation: operation, key: key)
        }
    }
}

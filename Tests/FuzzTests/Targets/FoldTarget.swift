import Bytes

@testable import Ledger

/// Whole logs, as lines: what came at which time, decided by the ledger and then replayed.
///
///     +1000 enter 0 0 7 0 3         operation, key, person, idempotency key, 1 age | 2 consents
///     +1000 enter 0 0 7 0 3 9       the same, and a second key
///     +1000 enter 0 0 7 0 3 0 9 1790000300    and a challenge: its mark, when it expires
///     +1000 enter 0 0 7 0 3 0 0 0 1    counted as a robot
///     +1000 test 0 0 7 0 3 0        the same as `enter`, with the permit of this number behind it
///     +0 {"command":"operation.open","operation":"a","by":{"role":"admin","name":"a"}}
///     99 replay 3 {"event":…}        given to the replay as it is, at the end
///
/// Whatever comes, and whenever: a replay of what was decided decides the same (law 2), ends in the
/// same state, and each operation has a dossier.
enum FoldTarget {
    @Sendable static func run(_ input: [UInt8]) throws {
        var world = FoldWorld()
        for line in input.split(separator: 0x0A).prefix(64) {
            try world.take(FoldLine(line))
        }
        try world.check()
    }
}

/// One line of the input.
struct FoldLine {
    enum What {
        case entry(EntryCommand)
        case command(AdministrativeRecord)
        case raw(kind: UInt8, bytes: [UInt8])
        case nothing
    }

    var time: Int64
    var isRelative: Bool
    var what = What.nothing

    init(_ line: ArraySlice<UInt8>) {
        let parts = line.split(separator: 0x20, maxSplits: 1)
        let first = String(decoding: parts.first ?? [], as: UTF8.self)
        isRelative = first.hasPrefix("+")
        time = Int64(first) ?? 0
        guard let rest = parts.dropFirst().first else { return }
        if rest.first == UInt8(ascii: "{") {
            // What is no command has no line.
            if let record = try? Array(rest).withSpan({ try AdministrativeRecord(json: $0) }) {
                what = .command(record)
            }
        } else {
            what = Self.words(rest)
        }
    }

    private static func words(_ rest: ArraySlice<UInt8>) -> What {
        let words = rest.split(separator: 0x20, maxSplits: 2)
        guard let verb = words.first, words.count == 3 else { return .nothing }
        if verb.elementsEqual("replay".utf8) {
            let kind = UInt8(String(decoding: words[1], as: UTF8.self)) ?? 0
            return .raw(kind: kind, bytes: Array(words[2]))
        }
        let isTest = verb.elementsEqual("test".utf8)
        guard isTest || verb.elementsEqual("enter".utf8) else { return .nothing }
        let numbers = rest.split(separator: 0x20).dropFirst().map {
            UInt64(String(decoding: $0, as: UTF8.self)) ?? 0
        }
        guard numbers.count >= 5 else { return .nothing }
        var command = EntryCommand(
            operation: UInt32(clamping: numbers[0]), key: UInt32(clamping: numbers[1]),
            participant: Fingerprint(high: numbers[2], low: numbers[2]),
            idempotency: Fingerprint(high: numbers[3], low: numbers[3]),
            ageConfirmed: numbers[4] & 1 != 0, consentsGiven: numbers[4] & 2 != 0)
        if isTest {
            command.permit = numbers.count > 5 ? UInt32(clamping: min(numbers[5], 9_999)) : 0
            command.countedAs = .test
            return .entry(command)
        }
        if numbers.count > 5 {
            command.secondKey = Fingerprint(high: numbers[5], low: numbers[5])
        }
        if numbers.count > 8, numbers[8] < 3 {
            command.countedAs = numbers[8] == 1 ? .robot : .participant
        }
        if numbers.count > 7, numbers[7] > 0 {
            command.challenge = SolvedChallenge(
                mark: Fingerprint(high: numbers[6], low: numbers[6]),
                expires: UInt32(clamping: numbers[7]), level: 1)
        }
        return .entry(command)
    }
}

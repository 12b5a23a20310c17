import Bytes
import Contract
import Foundation
import TestSupport
import Testing
import Time

@testable import Ledger

@Suite("Records of the journal")
struct RecordTests {
    private static let command = EntryCommand(
        operation: 0x0403_0201, key: 0x0807_0605,
        participant: Fingerprint(high: 0x1111_1111_1111_1110, low: 0x2222_2222_2222_2220),
        idempotency: Fingerprint(high: 3, low: 4), ageConfirmed: true, consentsGiven: false,
        leaf: 0x0605_0403_0201)

    @Test("An entry's record is laid out as documented, byte by byte")
    func layout() throws {
        let bytes = encode(
            Self.command, extensions: [4, 2, 0, 0xDD, 0xEE], source: [0xAA, 0xBB],
            sealed: [0xCC])
        let expected: [UInt8] =
            [2, 5, 2, 0] + [5, 0, 1, 0] + [1, 2, 3, 4, 5, 6, 7, 8]
            + [9, 0, 0, 0] + [7, 0, 0, 0, 0, 0, 0, 0]
            + [0x10, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11]
            + [0x20, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22]
            + [1, 2, 3, 4, 5, 6, 0, 0]
            + [3, 0, 0, 0, 0, 0, 0, 0] + [4, 0, 0, 0, 0, 0, 0, 0]
            + [4, 2, 0, 0xDD, 0xEE] + [0xAA, 0xBB, 0xCC]
        #expect(bytes == expected)
        let record = try read(bytes)
        #expect(record.command == Self.command)
        #expect(record.entry.rawValue == 7)
        #expect(record.participant == 9)
        #expect(Array(bytes[record.extensions.range]) == [4, 2, 0, 0xDD, 0xEE])
        #expect(Array(bytes[record.source.range]) == [0xAA, 0xBB])
        #expect(Array(bytes[record.sealed.range]) == [0xCC])
    }

    @Test("Every combination of what may be there or not comes back")
    func roundTrips() throws {
        for bits in 0..<8 {
            var command = Self.command
            command.ageConfirmed = bits & 1 != 0
            command.consentsGiven = bits & 2 != 0
            if bits & 4 != 0 { command.idempotency = .none }
            for (source, sealed) in [(0, 0), (64, 0), (0, 12 * 1024), (64, 12 * 1024)] {
                let bytes = encode(
                    command, source: [UInt8](repeating: 1, count: source),
                    sealed: [UInt8](repeating: 2, count: sealed))
                let record = try read(bytes)
                #expect(record.command == command)
                #expect(record.source.count == source)
                #expect(record.sealed.count == sealed)
                #expect(bytes.count <= EntryRecord.maximumBytes)
            }
        }
    }

    @Test("Looking ahead takes the keys from where the record has them, and anything for a record")
    func lookingAhead() throws {
        var plain = Self.command
        plain.idempotency = .none
        for command in [Self.command, plain] {
            let bytes = encode(command, source: [1], sealed: [2])
            // Unsafe, here and below: the bytes of a span of bytes are all initialised.
            let keys = try #require(unsafe EntryRecord.keys(in: bytes.span.bytes))
            #expect(keys.operation == command.operation)
            #expect(keys.participant == command.participant)
            #expect(keys.idempotency == command.idempotency)
        }
        let world = World()
        for rule in EntryRule.allCases { try world.open("\(rule)", .sample(rule)) }
        for person in UInt64(0)..<100 { _ = world.enter(person, in: "daily", idempotency: person) }
        let before = (world.ledger.decider.participants.contents, world.ledger.memoryBytes)
        for operation in UInt32(0)..<5 {
            var command = Self.command
            command.operation = operation
            let whole = encode(command)
            for length in 0...whole.count {
                let bytes = Array(whole[..<length])
                unsafe world.ledger.anticipate(kind: EntryRecord.kind, bytes: bytes.span.bytes)
                unsafe world.ledger.anticipate(kind: 99, bytes: bytes.span.bytes)
            }
            for half in [0, 1, UInt64.max] {
                command.participant = Fingerprint(high: half, low: half)
                command.idempotency = Fingerprint(high: half, low: 1)
                world.ledger.anticipate(command)
            }
        }
        let after = (world.ledger.decider.participants.contents, world.ledger.memoryBytes)
        #expect(after.0 == before.0)
        #expect(after.1 == before.1)
    }

    @Test("A record that was cut anywhere, or holds what none holds, is refused")
    func malformed() throws {
        let whole = encode(Self.command, source: [1], sealed: [2])
        for length in 0..<whole.count {
            #expect(throws: EntryRecordError.endOfBytes) { try read(Array(whole[..<length])) }
        }
        for version: UInt8 in [0, 1, 3, 255] {
            var other = whole
            other[0] = version
            #expect(throws: EntryRecordError.unknownVersion(version)) { try read(other) }
        }
        var flags = whole
        flags[1] = 8
        #expect(throws: EntryRecordError.unknownFlags(8)) { try read(flags) }
        var source = whole
        source[2] = 65
        #expect(throws: EntryRecordError.tooLong) { try read(source) }
        var sealed = whole
        (sealed[6], sealed[7]) = (0x01, 0x30)
        #expect(throws: EntryRecordError.tooLong) { try read(sealed) }
        var key = whole
        for offset in 52..<68 { key[offset] = 0 }
        #expect(throws: EntryRecordError.emptyIdempotencyKey) { try read(key) }
        var extensions = whole
        (extensions[4], extensions[5]) = (0x01, 0x0C)
        #expect(throws: EntryRecordError.tooLong) { try read(extensions) }
        var leaf = whole
        leaf[50] = 1
        #expect(throws: EntryRecordError.leafOutOfRange(0x1_0605_0403_0201)) { try read(leaf) }
    }

    @Test("The consents that a person gave come back by name, with the digests of their texts")
    func consents() throws {
        let digest = (0..<32).map { UInt8($0) }
        let item: [UInt8] = [5] + Array("rules".utf8) + [32] + digest + [2, 0xC3, 0xA9, 0]
        let bytes = encode(
            Self.command, extensions: [2, UInt8(item.count), 0] + item, source: [1])
        let record = try read(bytes)
        let extensions = Array(bytes[record.extensions.range])
        // Unsafe: the bytes of a span of bytes are all initialised.
        let consents = try unsafe EntryExtensions.consents(in: extensions.span.bytes)
        #expect(consents.map(\.consent) == ["rules", "é"])
        #expect(
            consents.map(\.textDigest)
                == [
                    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", nil,
                ])
    }

    @Test("An extension that is not known is skipped, or refuses the record where its tag says so")
    func extensions() throws {
        let skipped: [UInt8] = [0, 0, 0, 4, 1, 0, 9, 127, 2, 0, 8, 8]
        let record = try read(encode(Self.command, extensions: skipped, source: [1]))
        #expect(record.command == Self.command && record.source.count == 1)
        for tag: UInt8 in [128, 131, 255] {
            #expect(throws: EntryRecordError.unknownExtension(tag)) {
                try read(encode(Self.command, extensions: [4, 0, 0, tag, 0, 0]))
            }
        }
        let malformed: [[UInt8]] = [
            [4], [4, 0], [4, 1, 0], [5, 0, 0, 4, 0, 0], [4, 0, 0, 4, 0, 0], [4, 2, 0, 7],
            // Evidence and a challenge that are too short.
            [1, 0, 0], [1, 2, 0, 7, 7], [3, 1, 0, 9],
            // Consents: without a name, cut, without or with half a digest.
            [2, 1, 0, 0], [2, 2, 0, 0, 0], [2, 2, 0, 2, 97], [2, 2, 0, 1, 97],
            [2, 4, 0, 1, 97, 1, 0], [2, 67, 0, 65] + [UInt8](repeating: 97, count: 65) + [0],
        ]
        for bytes in malformed {
            #expect(throws: EntryRecordError.malformedExtensions) {
                try read(encode(Self.command, extensions: bytes))
            }
        }
    }

    @Test("The ledger knows which leaves the journal has used, and a replay the same")
    func nextLeaf() throws {
        let world = World()
        try world.open("summer", .sample(.unlimited))
        #expect(world.ledger.nextLeaf == 0)
        let leaves: [UInt64] = [300, 5, 1 << 40, 256]
        for (leaf, expected) in zip(leaves, [301, 301, 1 << 40 + 1, 1 << 40 + 1] as [UInt64]) {
            let command = EntryCommand(
                operation: 0, key: 0, participant: .person(leaf), leaf: leaf)
            guard case .accepted = world.ledger.enter(command, at: world.now) else {
                Issue.record("refused")
                return
            }
            #expect(world.ledger.nextLeaf == expected)
        }
    }

    @Test("Random bytes never trap a replay", arguments: 1...4)
    func randomBytes(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let world = World()
        try world.open("summer")
        for _ in 0..<500 {
            let bytes = (0..<random.below(90)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            #expect(throws: ReplayError.self) {
                try replay(UInt8(random.below(4)), bytes, in: world)
            }
        }
        #expect(world.ledger.records == 4)
    }

    @Test("Each administrative command comes back from its JSON, whose keys are sorted")
    func administrative() throws {
        let zone = try LocalTime([.init(from: World.start, offsetSeconds: 3600)])
        let settings = OperationSettings.sample(.daily).with {
            $0.opens = World.start
            $0.closes = World.start.advanced(byMilliseconds: 1)
            $0.localTime = zone
            $0.timeZone = "Europe/Paris"
            $0.minimumAge = 18
            $0.consents = ["rules"]
            $0.allowedOrigins = ["https://example.org"]
            $0.title = "L’été \"2026\" 🏖"
        }
        for command in [
            .contract(.putClient(id: "acme", name: "Acme")),
            .operation(.put(id: "x", settings: settings, dataKeyID: "d")),
            .operation(.put(id: "x", settings: .sample(), dataKeyID: "d")),
            .access(.addKey(operation: "x", keyID: "k", digest: .numbered(.max))),
            .access(
                .addKey(
                    operation: "x", keyID: "k", digest: .numbered(.max), frontEnd: .server)),
            .access(.revokeKey(keyID: "k", reason: .stolen)), .operation(.open(id: "x", note: nil)),
            .operation(.close(id: "x", note: "two\nlines")), .fact(.started(version: "1.0")),
        ] as [AdministrativeCommand] {
            var buffer = ByteBuffer(capacity: 16)
            let record = AdministrativeRecord(command, by: Author(.operator, name: "marie"))
            try record.encode(into: &buffer)
            var reader = ByteReader(buffer.bytes)
            #expect(try AdministrativeRecord(reading: &reader) == record)
        }
        let json = try AdministrativeCommand.access(.revokeKey(keyID: "k", reason: .stolen))
            .record().json()
        #expect(
            String(decoding: json, as: UTF8.self)
                == #"{"by":{"name":"admin","role":"admin"},"command":"access.revoke_key","#
                + #""key_id":"k","reason":"stolen"}"#)
        let put = try AdministrativeCommand.operation(
            .put(
                id: "x", settings: .sample(), dataKeyID: "d"
            )
        ).record().json()
        #expect(
            String(decoding: put, as: UTF8.self)
                == #"{"allowed_origins":[],"by":{"name":"admin","role":"admin"},"client":"acme","#
                + #""command":"operation.put","consents":[],"data_key_id":"d","#
                + #""local_time":[{"from":0,"offset_seconds":0}],"operation":"x","#
                + #""policy":"advise","robots":"observe","rule":"once","time_zone":"UTC","#
                + #""title":"Summer"}"#)
    }

    @Test("A replay names the record, the operation and both outcomes where they differ")
    func differences() throws {
        let world = World()
        try world.open("summer")
        let command = EntryCommand(operation: 0, key: 0, participant: .person(1))
        let right = try #require(EntryNumber(rawValue: 0).next(at: world.now))
        let wrong = EntryNumber(rawValue: right.rawValue + 1)
        #expect(
            throws: ReplayError.entryDiffers(
                record: 4, operation: "summer", recorded: .accepted(entry: wrong, participant: 1),
                decided: .accepted(entry: right, participant: 1))
        ) {
            try replay(1, encode(command, entry: wrong, participant: 1), in: world)
        }
        var elsewhere = command
        elsewhere.operation = 7
        #expect(
            throws: ReplayError.entryDiffers(
                record: 5, operation: "#7", recorded: .accepted(entry: wrong, participant: 1),
                decided: .unknownOperation)
        ) {
            try replay(1, encode(elsewhere, entry: wrong, participant: 1), in: world)
        }
        let opened = try AdministrativeCommand.operation(.open(id: "summer", note: nil)).record()
            .json()
        #expect(throws: ReplayError.commandChangedNothing(record: 5)) {
            try replay(2, opened, in: world)
        }
        let other = try AdministrativeCommand.operation(.open(id: "winter", note: nil)).record()
            .json()
        #expect(
            throws: ReplayError.commandRefused(record: 5, refusal: .unknownOperation("winter"))
        ) {
            try replay(2, other, in: world)
        }
        #expect(throws: ReplayError.unknownKind(9, record: 5)) { try replay(9, [], in: world) }
        let trailing = encode(command, entry: right, participant: 1) + [0]
        #expect(throws: ReplayError.malformedEntry(.trailingBytes, record: 5)) {
            try replay(1, trailing, in: world)
        }
    }

    @Test("A key's digest comes back from its hexadecimal form, and from its bytes")
    func digests() throws {
        let hex = "00112233445566778899aabbccddeeff0123456789abcdef0000000000000001"
        let digest = try #require(KeyDigest(hex: hex))
        #expect(digest.hex == hex)
        #expect(KeyDigest(hex: hex.uppercased()) == digest)
        #expect(KeyDigest(hex: String(hex.dropLast())) == nil)
        #expect(KeyDigest(hex: String(hex.dropLast()) + "g") == nil)
        var bytes = ByteBuffer(capacity: 32)
        for word in [digest.words.0, digest.words.1, digest.words.2, digest.words.3] {
            bytes.append(littleEndian: word.byteSwapped)
        }
        #expect(KeyDigest(bytes.bytes) == digest)
        #expect(KeyDigest(bytes.bytes.extracting(0..<31)) == nil)
    }
}

private func encode(
    _ command: EntryCommand, entry: EntryNumber = EntryNumber(rawValue: 7), participant: UInt32 = 9,
    extensions: [UInt8] = [], source: [UInt8] = [], sealed: [UInt8] = []
) -> [UInt8] {
    var buffer = ByteBuffer(capacity: 64)
    // Unsafe: the bytes of a span of bytes are all initialised.
    unsafe EntryRecord.encode(
        command, entry: entry, participant: participant, extensions: extensions.span.bytes,
        source: source.span.bytes, sealed: sealed.span.bytes, into: &buffer)
    return buffer.bytes.array
}

private func read(_ bytes: [UInt8]) throws -> EntryRecord {
    // Unsafe: the bytes of a span of bytes are all initialised.
    var reader = unsafe ByteReader(bytes.span.bytes)
    return try EntryRecord(reading: &reader)
}

private func replay(_ kind: UInt8, _ bytes: [UInt8], in world: World) throws {
    try world.ledger.replay(kind, bytes, at: world.now)
}

extension AdministrativeCommand {
    /// As an administrator gives it.
    func record() -> AdministrativeRecord { AdministrativeRecord(self, by: .admin) }
}

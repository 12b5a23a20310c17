import Bytes
import Contract
import Foundation
import Ledger
import Log
import Testing
import Time

@testable import portillon

@Suite("What another policy would have done")
struct WhatIfTests {
    /// Written once: its 50,001 entries take a while.
    private static let log = Result { try SurgeLog() }

    @Test("the same policy: the same steps, at the same times")
    func same() throws {
        let log = try Self.log.get()
        let result = try WhatIf(Policy(), on: JournalFolder(log.path))
        #expect(result.recorded.count > 5)
        #expect(result.recorded == result.steps)
        #expect(result.turnedAway.isEmpty)
        #expect(result.text.contains("The same steps at the same times."))
    }

    @Test("a policy that suspends sooner: sooner, and somebody would have been turned away")
    func sooner() throws {
        let log = try Self.log.get()
        var policy = Policy()
        policy.suspendAfterSeconds = 5
        let result = try WhatIf(policy, on: JournalFolder(log.path))
        let recorded = try #require(result.recorded.first { $0.kind == "suspend" }?.at)
        let other = try #require(result.steps.first { $0.kind == "suspend" }?.at)
        #expect(other < recorded)
        #expect(result.turnedAway == ["ete": 25])
    }

    @Test("a policy that never finds a cause: nothing")
    func never() throws {
        let log = try Self.log.get()
        var policy = Policy()
        policy.sharePermille = 1_000
        let result = try WhatIf(policy, on: JournalFolder(log.path))
        #expect(result.steps.isEmpty)
        #expect(!result.recorded.isEmpty)
    }

    @Test(
        "a file that is no policy says what is wrong",
        arguments: [
            (#"{"suspend_after": 3}"#, "there is no policy setting suspend_after"),
            (#"{"calm_seconds": 0}"#, "calm_seconds must be a whole number from 1 to 3600"),
            (
                #"{"suspension_seconds": 60, "longest_suspension_seconds": 30}"#,
                "policy.suspension_seconds must not be above policy.longest_suspension_seconds"
            ),
            (#"{"calm_seconds": "1"}"#, "must be a JSON object of whole numbers"),
            ("[]", "JSON object"),
            ("", "JSON object"),
        ])
    func faults(content: String, expected: String) throws {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("portillon-tests-\(UUID().uuidString)").path
        try Data(content.utf8).write(to: URL(fileURLWithPath: path))
        // A temporary file that stays is no failure of the test.
        defer { try? FileManager.default.removeItem(atPath: path) }
        let failure = #expect(throws: CommandFailure.self) { try Policy(file: path) }
        #expect(failure?.status == 78)
        let text = failure?.text ?? ""
        #expect(text.contains(expected), "\(text)")
    }
}

/// A log of one operation that goes beyond its cover and is strained for half a minute.
final class SurgeLog: Sendable {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("portillon-tests-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        var writer = try SurgeWriter(path + "/journal")
        try writer.write()
    }

    deinit {
        // A temporary folder that stays is no failure of the test.
        try? FileManager.default.removeItem(atPath: path)
    }
}

private struct SurgeWriter: ~Copyable {
    private var log: Log
    private var ledger = Ledger()
    private var now = Timestamp(milliseconds: 1_795_176_000_000)

    init(_ directory: String) throws {
        var options = LogOptions()
        options.segmentBytes = 16 << 20
        options.maximumBatchBytes = 64 << 10
        log = try Log.open(directory: directory, options: options, at: now) { _ in }
    }

    mutating func write() throws {
        let settings = OperationSettings(
            client: "acme", title: "Été", rule: .once, robots: .off, policy: .enforce)
        let digest = try #require(KeyDigest(hex: String(repeating: "07", count: 32)))
        for command in [
            .contract(.putClient(id: "acme", name: "Acme")),
            .operation(.put(id: "ete", settings: settings, dataKeyID: "d-1")),
            .access(.addKey(operation: "ete", keyID: "k-1", digest: digest)),
            .operation(.open(id: "ete", note: nil)),
        ] as [AdministrativeCommand] {
            try self.command(command)
        }
        for number in 1...50_001 as ClosedRange<UInt64> { try enter(number) }
        try log.commit(at: now)
        for second in 1...50 as ClosedRange<UInt64> {
            now = now.advanced(byMilliseconds: 1_000)
            try command(.fact(.measured(Self.report(second <= 32 ? .strained : .calm))))
            try enter(100_000 + second)
            try log.commit(at: now)
        }
    }

    private static func report(_ level: PressureLevel) -> PressureReport {
        let rate = level == .calm ? 0 : 1_000
        var figures = PressureFigures()
        figures.queueWait = level == .calm ? 0 : 20_000
        return PressureReport(
            level: level, figures: figures, windowMilliseconds: 1_000, attemptsPerSecond: rate,
            acceptedPerSecond: rate,
            operations: [
                .init(
                    operation: "ete", attemptsPerSecond: rate, acceptedPerSecond: rate,
                    queuePermille: level == .calm ? 0 : 900,
                    attemptsPermille: level == .calm ? 0 : 900)
            ])
    }

    private mutating func command(_ command: AdministrativeCommand) throws {
        guard try ledger.apply(command, by: .gateway, at: now) != .none else { return }
        append(AdministrativeRecord.kind, try AdministrativeRecord(command, by: .gateway).json())
        try appendEvents()
    }

    private mutating func enter(_ number: UInt64) throws {
        // Spread as a hash is: the table relies on it.
        let person = Fingerprint(high: number &* 0x9E37_79B9_7F4A_7C15, low: number)
        let command = EntryCommand(operation: 0, key: 0, participant: person)
        guard case .accepted(let entry, let participant) = ledger.enter(command, at: now) else {
            return
        }
        if log.batchRoom < 16 << 10 { try log.commit(at: now) }
        _ = log.append(kind: EntryRecord.kind) { buffer in
            EntryRecord.encode(
                command, entry: entry, participant: participant, source: RawSpan(),
                sealed: RawSpan(), into: &buffer)
        }
        try appendEvents()
    }

    private mutating func appendEvents() throws {
        for event in ledger.drainEvents() {
            append(EventRecord.kind, try EventRecord(event).json())
        }
    }

    private mutating func append(_ kind: UInt8, _ bytes: [UInt8]) {
        _ = log.append(kind: kind) { buffer in
            for byte in bytes { buffer.append(byte) }
        }
    }
}

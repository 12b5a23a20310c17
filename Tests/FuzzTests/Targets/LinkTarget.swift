import Bytes
import Cluster

@testable import Gateway

/// A link between nodes, with the entries and answers on it: any bytes are waited for, end the
/// link, or say the same in whatever pieces they come; and an entry, an answer, a change or a
/// sample that is taken is, byte for byte, what is written for the same values. What came of a
/// change is JSON: written again it says the same.
enum LinkTarget {
    @Sendable static func run(_ input: [UInt8]) throws {
        let whole = try read(input, pieces: .max)
        try require(whole == (try read(input, pieces: 5)), "pieces say something else")
        try check(input)
    }

    private static func check(_ bytes: [UInt8]) throws {
        try checkEntry(bytes)
        try checkAnswer(bytes)
        try checkCommand(bytes)
        try checkOutcome(bytes)
        try checkSample(bytes)
    }

    /// What a reader makes of some bytes.
    private struct Found: Equatable {
        var messages: [LinkMessage] = []
        var items: [[UInt8]] = []
        var isRefused = false
    }

    private static func read(_ input: [UInt8], pieces: Int) throws -> Found {
        var inbox = LinkInbox()
        var found = Found()
        var rest = input[...]
        while !rest.isEmpty, !found.isRefused {
            Array(rest.prefix(pieces)).withBytes { inbox.append($0) }
            rest = rest.dropFirst(pieces)
            do throws(LinkFrame.Fault) {
                try inbox.drain { message, payload throws(LinkFrame.Fault) in
                    try look(message, payload, &found)
                    found.messages.append(message)
                }
            } catch {
                found.isRefused = true
            }
        }
        for item in found.items { try check(item) }
        return found
    }

    private static func look(
        _ message: LinkMessage, _ payload: RawSpan, _ found: inout Found
    ) throws(LinkFrame.Fault) {
        guard case .frame(let frame) = message else { return }
        switch frame.kind {
        case .hello: _ = try EntryHello(payload)
        case .credit: _ = try EntryCredit(payload)
        case .leaves: _ = try LeafGrant(payload)
        case .leavesWanted: break
        case .batch: found.items.append(payload.array)
        case .batchesWanted:
            let request = try BatchRequest(payload)
            same(payload) { request.append(to: &$0) }
        case .batchesEnd:
            let ending = try BatchesEnd(payload)
            same(payload) { ending.append(to: &$0) }
        case .command, .outcome, .sample: found.items.append(payload.array)
        case .entries, .answers:
            var items: [[UInt8]] = []
            try frame.forEachItem(in: payload) { items.append($0.array) }
            found.items += items
        }
    }

    /// What is written for the same values is the same bytes. It traps where it is not: nothing but
    /// a fault of a frame can be thrown from there.
    private static func same(_ payload: RawSpan, _ write: (inout ByteBuffer) -> Void) {
        var again = ByteBuffer(capacity: 64)
        write(&again)
        let written = Array(again.bytes.array.dropFirst(EntryFrame.headBytes))
        precondition(written == payload.array, "a frame is written otherwise than it was read")
    }

    private static func checkEntry(_ bytes: [UInt8]) throws {
        guard let envelope = bytes.withBytes({ ForwardedEntry.envelope($0, at: 1) }) else { return }
        let tail = Array(bytes.dropFirst(ForwardedEntry.fixedBytes))
        var again = ByteBuffer(capacity: bytes.count)
        tail.withBytes {
            ForwardedEntry.append(
                envelope, number: envelope.connection.number, tail: $0, to: &again)
        }
        try require(again.bytes.array == bytes, "an entry is written otherwise than it was read")
        let parts = envelope.extensionsStart - MemoryLayout<EntryEnvelope>.size
        try require(
            parts + Int(envelope.extensionBytes) + Int(envelope.sourceBytes) <= tail.count,
            "an entry's parts are longer than it")
    }

    private static func checkAnswer(_ bytes: [UInt8]) throws {
        guard let answer = bytes.withBytes({ ForwardedAnswer.answer($0) }) else { return }
        var again = ByteBuffer(capacity: bytes.count)
        ForwardedAnswer.append(answer, to: &again)
        try require(again.bytes.array == bytes, "an answer is written otherwise than it was read")
    }

    private static func checkCommand(_ bytes: [UInt8]) throws {
        guard let command = bytes.withBytes({ ForwardedCommand($0) }) else { return }
        var again = ByteBuffer(capacity: bytes.count)
        command.append(to: &again)
        try require(again.bytes.array == bytes, "a change is written otherwise than it was read")
        // It is one, or none: nothing traps.
        _ = try? ChangeRequest(command)
    }

    private static func checkOutcome(_ bytes: [UInt8]) throws {
        guard let outcome = bytes.withBytes({ ForwardedOutcome($0) }) else { return }
        let written = text(of: outcome)
        guard let again = written.withBytes({ ForwardedOutcome($0) }) else {
            throw Finding(description: "an outcome is not read as it is written")
        }
        try require(text(of: again) == written, "an outcome is written otherwise each time")
    }

    private static func text(of outcome: ForwardedOutcome) -> [UInt8] {
        var buffer = ByteBuffer(capacity: 1 << 10)
        outcome.append(to: &buffer)
        return buffer.bytes.array
    }

    private static func checkSample(_ bytes: [UInt8]) throws {
        guard let sample = bytes.withBytes({ NodeSample($0) }) else { return }
        var again = ByteBuffer(capacity: bytes.count)
        sample.append(to: &again)
        let payload = again.bytes.array.dropFirst(EntryFrame.headBytes)
        try require(Array(payload) == bytes, "a sample is written otherwise than it was read")
    }
}

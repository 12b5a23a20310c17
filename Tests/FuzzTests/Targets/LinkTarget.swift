import Bytes
import Cluster

@testable import Gateway

/// A link between nodes, with the entries and answers on it: any bytes are waited for, end the
/// link, or say the same in whatever pieces they come; and an entry or an answer that is taken is,
/// byte for byte, what is written for the same values.
enum LinkTarget {
    @Sendable static func run(_ input: [UInt8]) throws {
        let whole = try read(input, pieces: .max)
        try require(whole == (try read(input, pieces: 5)), "pieces say something else")
        try checkEntry(input)
        try checkAnswer(input)
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
        for item in found.items {
            try checkEntry(item)
            try checkAnswer(item)
        }
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
        case .entries, .answers:
            var items: [[UInt8]] = []
            try frame.forEachItem(in: payload) { items.append($0.array) }
            found.items += items
        }
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
}

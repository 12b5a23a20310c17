import Bytes
import Cluster
import TestSupport
import Testing

@Suite("Frames of a link that entries go over")
struct EntryFrameTests {
    /// One frame of each kind, one behind the other.
    private func everyKind() -> [UInt8] {
        var buffer = ByteBuffer(capacity: 1 << 10)
        EntryHello(node: "node-1.example", term: 7).append(to: &buffer)
        EntryCredit(term: 7, entries: 8_192).append(to: &buffer)
        for kind in [EntryFrame.Kind.entries, .answers] {
            let start = buffer.beginFrame(kind)
            for item in Self.items { item.withBytes { buffer.append(item: $0) } }
            buffer.endFrame(at: start, count: Self.items.count)
        }
        let start = buffer.beginFrame(.leavesWanted)
        buffer.endFrame(at: start, count: 0)
        LeafGrant(1 << 20..<1 << 20 + 500).append(to: &buffer)
        for kind in [EntryFrame.Kind.command, .outcome, .sample] {
            let start = buffer.beginFrame(kind)
            Self.items[2].withBytes { buffer.append($0) }
            buffer.endFrame(at: start, count: 0)
        }
        BatchRequest(first: 7, below: 1 << 40).append(to: &buffer)
        let batch = buffer.beginFrame(.batch)
        Self.items[2].withBytes { buffer.append($0) }
        buffer.endFrame(at: batch, count: 0)
        BatchesEnd(.archived, record: 1 << 33).append(to: &buffer)
        status.append(to: &buffer)
        return buffer.bytes.array
    }

    private static let items: [[UInt8]] = [
        Array("first".utf8), [], Array(repeating: 7, count: 300),
    ]

    private let status = LinkFrame(
        node: "a", office: 7, position: 12, durable: 12, clock: 5, level: 1,
        members: [ClusterMember(node: "b", position: 3, clockOffset: -1)])

    /// What a reader makes of one message.
    private struct Found: Equatable {
        var message: LinkMessage
        var hello: EntryHello?
        var credit: EntryCredit?
        var leaves: LeafGrant?
        var request: BatchRequest?
        var ending: BatchesEnd?
        var items: [[UInt8]] = []
    }

    /// Reads all messages, as both ends of a link do.
    private func read(_ bytes: [UInt8], pieces: Int = .max) throws(LinkFrame.Fault) -> [Found] {
        var inbox = LinkInbox()
        var found: [Found] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            Array(rest.prefix(pieces)).withBytes { inbox.append($0) }
            rest = rest.dropFirst(pieces)
            try inbox.drain { message, payload throws(LinkFrame.Fault) in
                found.append(try look(message, payload))
            }
        }
        return found
    }

    private func look(
        _ message: LinkMessage, _ payload: RawSpan
    ) throws(LinkFrame.Fault) -> Found {
        var found = Found(message: message)
        guard case .frame(let frame) = message else { return found }
        switch frame.kind {
        case .hello: found.hello = try EntryHello(payload)
        case .credit: found.credit = try EntryCredit(payload)
        case .leaves: found.leaves = try LeafGrant(payload)
        case .entries, .answers:
            try frame.forEachItem(in: payload) { item in found.items.append(item.array) }
        case .leavesWanted: break
        case .command, .outcome, .sample, .batch: found.items = [payload.array]
        case .batchesWanted: found.request = try BatchRequest(payload)
        case .batchesEnd: found.ending = try BatchesEnd(payload)
        }
        return found
    }

    @Test("they are read as they were written, in whatever pieces they come")
    func roundTrip() throws {
        let bytes = everyKind()
        for pieces in [.max, 1, 7, 100] {
            let found = try read(bytes, pieces: pieces)
            try #require(found.count == 13, "\(pieces) bytes at a time")
            #expect(found[0].hello == EntryHello(node: "node-1.example", term: 7))
            #expect(found[1].credit == EntryCredit(term: 7, entries: 8_192))
            #expect(found[2].items == Self.items && found[3].items == Self.items)
            #expect(found[5].leaves == LeafGrant(1 << 20..<1 << 20 + 500))
            for place in 6..<9 { #expect(found[place].items == [Self.items[2]]) }
            #expect(found[9].request == BatchRequest(first: 7, below: 1 << 40))
            #expect(found[10].items == [Self.items[2]])
            #expect(found[11].ending == BatchesEnd(.archived, record: 1 << 33))
            #expect(found[12].message == .status(status))
        }
    }

    @Test("a part of a frame is waited for, whatever its length")
    func parts() throws {
        let bytes = everyKind()
        var counts: Set<Int> = []
        for length in 0..<bytes.count {
            let found = try read(Array(bytes.prefix(length)))
            #expect(found.count < 13, "\(length) bytes")
            counts.insert(found.count)
        }
        #expect(counts == Set(0..<13))
    }

    @Test("each bit that is wrong is refused, waited for, or another value; nothing traps")
    func everyBit() {
        let bytes = everyKind()
        var refused = 0
        for place in 0..<bytes.count * 8 {
            var wrong = bytes
            wrong[place / 8] ^= 1 << UInt8(place % 8)
            do throws(LinkFrame.Fault) {
                _ = try read(wrong)
            } catch {
                refused += 1
            }
        }
        // Most of the bytes are numbers that may be anything.
        #expect(refused > bytes.count / 2)
    }

    @Test("whatever else comes is refused or waited for")
    func noise() {
        var seed = SeededGenerator.printed("entry frames of noise")
        let bytes = everyKind()
        var refused = 0
        for _ in 0..<5_000 {
            var wrong = bytes
            for _ in 0..<Int.random(in: 1...6, using: &seed) {
                wrong[Int.random(in: 0..<wrong.count, using: &seed)] = .random(
                    in: 0...255, using: &seed)
            }
            do throws(LinkFrame.Fault) {
                _ = try read(wrong)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 1_000)
    }

    @Test("a count that the payload does not hold, and a length beyond the limit, are refused")
    func limits() throws {
        var buffer = ByteBuffer(capacity: 100)
        var start = buffer.beginFrame(.entries)
        buffer.endFrame(at: start, count: 3)
        #expect(throws: LinkFrame.Fault.self) { try read(buffer.bytes.array) }
        buffer.removeAll()
        start = buffer.beginFrame(.entries)
        buffer.overwrite(littleEndian: UInt32(EntryFrame.maximumPayloadBytes + 1), at: start + 8)
        #expect(throws: LinkFrame.Fault.self) { try read(buffer.bytes.array) }
        buffer.removeAll()
        // A change may be longer than anything else, and not longer than that.
        start = buffer.beginFrame(.command)
        buffer.append(zeros: EntryFrame.maximumPayloadBytes + 1)
        buffer.endFrame(at: start, count: 0)
        let found = try read(buffer.bytes.array)
        #expect(found.count == 1)
        buffer.overwrite(littleEndian: UInt32(EntryFrame.maximumCommandBytes + 1), at: start + 8)
        #expect(throws: LinkFrame.Fault.self) { try read(buffer.bytes.array) }
        buffer.removeAll()
        // A batch is as long as the engine takes one, at most.
        start = buffer.beginFrame(.batch)
        buffer.append(zeros: EtcdLimits.batchBytes)
        buffer.endFrame(at: start, count: 0)
        #expect(try read(buffer.bytes.array).count == 1)
        buffer.overwrite(littleEndian: UInt32(EtcdLimits.batchBytes + 1), at: start + 8)
        #expect(throws: LinkFrame.Fault.self) { try read(buffer.bytes.array) }
        buffer.removeAll()
        for (first, below) in [(0, 5), (5, 5), (9, 5)] as [(UInt64, UInt64)] {
            start = buffer.beginFrame(.batchesWanted)
            buffer.append(littleEndian: first)
            buffer.append(littleEndian: below)
            buffer.endFrame(at: start, count: 0)
            #expect(throws: LinkFrame.Fault.self) { try read(buffer.bytes.array) }
            buffer.removeAll()
        }
        for reason in [0, 6, 255] as [UInt8] {
            start = buffer.beginFrame(.batchesEnd)
            buffer.append(reason)
            buffer.append(littleEndian: UInt64(1))
            buffer.endFrame(at: start, count: 0)
            #expect(throws: LinkFrame.Fault.self) { try read(buffer.bytes.array) }
            buffer.removeAll()
        }
        start = buffer.beginFrame(.leaves)
        buffer.append(littleEndian: UInt64.max)
        buffer.append(littleEndian: UInt64(2))
        buffer.endFrame(at: start, count: 0)
        #expect(throws: LinkFrame.Fault.self) { try read(buffer.bytes.array) }
    }
}

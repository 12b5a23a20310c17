import Bytes
import Cluster
import TestSupport
import Testing

@Suite("What nodes tell each other")
struct LinkFrameTests {
    private func frame(_ members: Int, successor: String? = nil) -> LinkFrame {
        LinkFrame(
            node: "node-1.example", office: 7, position: 1_234_567, durable: 1_234_000,
            clock: 1_764_000_000_000, level: 3, successor: successor,
            members: (0..<members).map { member($0) })
    }

    /// Every other one says where it is reached.
    private func member(_ number: Int) -> ClusterMember {
        let address = number % 2 == 0 ? "" : "[2001:db8::\(number)]:8082"
        return ClusterMember(
            node: "n\(number)", position: 2 * UInt64(number), durable: UInt64(number),
            clockOffset: -5 * Int64(number), silentMilliseconds: 100 * UInt32(number),
            level: 1 + UInt16(number), address: address)
    }

    private func bytes(_ frames: [LinkFrame]) -> [UInt8] {
        var buffer = ByteBuffer(capacity: 8 << 10)
        for frame in frames { frame.append(to: &buffer) }
        return buffer.bytes.array
    }

    private func first(in bytes: [UInt8]) throws(LinkFrame.Fault) -> (LinkFrame, Int)? {
        var buffer = ByteBuffer(capacity: bytes.count + 1)
        bytes.withBytes { buffer.append($0) }
        guard let (frame, count) = try LinkFrame.first(in: buffer.bytes) else { return nil }
        return (frame, count)
    }

    @Test("frames are read as they were written, one after the other")
    func roundTrip() throws {
        let frames = [
            frame(0), frame(3, successor: "n2"),
            frame(LinkFrame.maximumMembers, successor: String(repeating: "n", count: 64)),
        ]
        var rest = bytes(frames)
        for expected in frames {
            let (found, count) = try #require(try first(in: rest))
            #expect(found == expected)
            rest.removeFirst(count)
        }
        #expect(rest.isEmpty)
    }

    @Test("a leader says for how long it has proved nothing; an earlier build does not")
    func unproven() throws {
        let clock = SteppedClock()
        let status = ClusterStatus(node: "a", clock: clock)
        status.prove(at: clock.elapsedNanoseconds())
        #expect(status.frame(clock: 0).unprovenMilliseconds == nil, "it leads nobody")
        status.office = 3
        clock.advance(milliseconds: 2_345)
        let frame = status.frame(clock: 0)
        #expect(frame.unprovenMilliseconds == 2_345)
        let (found, _) = try #require(try first(in: bytes([frame])))
        #expect(found == frame)
        let unproved = ClusterStatus(node: "b", clock: clock)
        unproved.office = 4
        #expect(unproved.frame(clock: 0).unprovenMilliseconds == nil, "it reads the log yet")
        let (earlier, _) = try #require(try first(in: bytes([self.frame(2)])))
        #expect(earlier.unprovenMilliseconds == nil)
    }

    @Test("two processes of one name, and a name too many, are said once each")
    func notices() {
        let clock = SteppedClock()
        let status = ClusterStatus(node: "n0", clock: clock)
        func note(_ node: String, _ address: String) {
            status.note(
                ClusterMember(node: node, position: 5, clockOffset: 0, address: address))
        }
        note("n1", "10.0.0.1:8082")
        clock.advance(milliseconds: 5_000)
        note("n1", "10.0.0.9:8082")
        #expect(status.takeNotices().isEmpty, "it has moved")
        for address in ["10.0.0.2:8082", "10.0.0.9:8082", "10.0.0.2:8082"] {
            clock.advance(milliseconds: 100)
            note("n1", address)
        }
        let said = status.takeNotices()
        #expect(said.count == 1)
        #expect(said.first?.hasPrefix("two processes say that they are node n1, at") == true)
        for number in 2...17 { note("n\(number)", "") }
        note("n17", "")
        #expect(status.takeNotices().map { $0.prefix(22) } == ["node n17 does not coun"])
        #expect(status.takeNotices().isEmpty)
    }

    @Test("a part of a frame is no frame yet")
    func parts() throws {
        let whole = bytes([frame(3, successor: "n1")])
        for length in 0..<whole.count {
            let found = try first(in: Array(whole.prefix(length)))
            #expect(found == nil, "\(length) bytes")
        }
    }

    @Test("what a later build appends to a frame, or to a member in it, is passed over")
    func extended() throws {
        let expected = frame(1)
        var extended = bytes([expected])
        // The member is the last, with its length before it: two more bytes for it, three for the
        // frame.
        let memberBytes = 8 + 8 + 8 + 4 + 2 + 1 + 2 + 1
        let place = extended.count - memberBytes - 1
        try #require(Int(extended[place]) == memberBytes)
        extended[place] += 2
        extended += [1, 2, 3, 4, 5]
        extended[6] += 5
        let (found, count) = try #require(try first(in: extended))
        #expect(found == expected && count == extended.count)
    }

    @Test("a member of an earlier build's frame says no address")
    func earlierMember() throws {
        let expected = frame(1)
        var earlier = bytes([expected])
        // The last byte is the length of the only member's address.
        earlier.removeLast()
        earlier[earlier.count - 33 - 1] -= 1
        earlier[6] -= 1
        let (found, count) = try #require(try first(in: earlier))
        #expect(found == expected && count == earlier.count)
    }

    @Test("the level that all know is the lowest; of one that was never heard none is known")
    func levels() {
        let status = ClusterStatus(node: "a", level: 3)
        #expect(status.commonLevel == 3)
        status.note(ClusterMember(node: "b", position: 5, clockOffset: 0, level: 2))
        #expect(status.commonLevel == 2)
        status.note(ClusterMember(node: "c", position: 0, clockOffset: 0))
        #expect(status.commonLevel == 0)
        status.note(ClusterMember(node: "c", position: 5, clockOffset: 0, level: 4))
        #expect(status.commonLevel == 2)
        status.forget("b")
        #expect(status.commonLevel == 3, "its own counts")
        #expect(status.frame(clock: 0).members.first { $0.node == "c" }?.level == 4)
    }

    @Test("whatever else comes is refused or waited for, and traps nothing")
    func noise() {
        var seed = SeededGenerator.printed("frames of noise")
        let whole = bytes([frame(5, successor: "n1")])
        var refused = 0
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &seed) {
                bytes[Int.random(in: 0..<bytes.count, using: &seed)] = .random(
                    in: 0...255, using: &seed)
            }
            do throws(LinkFrame.Fault) {
                _ = try first(in: bytes)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 1_000)
    }

    @Test("of three clocks the one that is off is known, and does not stand")
    func clocks() {
        let members = [
            ClusterMember(node: "a", position: 1, clockOffset: 0),
            ClusterMember(node: "b", position: 1, clockOffset: -300),
            ClusterMember(node: "c", position: 1, clockOffset: 300_000),
        ]
        #expect(members.clockError(of: "a") == 0)
        #expect(members.clockError(of: "b") == -300)
        #expect(members.clockError(of: "c") == 300_000)
        #expect(members.clockError(of: "d") == 0)
        #expect(Array(members.suffix(2)).clockError(of: "c") == 0, "of two nobody knows")
        let wild = [
            ClusterMember(node: "a", position: 1, clockOffset: .max),
            ClusterMember(node: "b", position: 1, clockOffset: .min),
            ClusterMember(node: "c", position: 1, clockOffset: .min),
        ]
        #expect(wild.clockError(of: "a") > [ClusterMember].maximumClockOffset)
    }

    @Test("who reaches furthest stands first, then by name; a majority's place is the median")
    func ranks() {
        let members = [
            ClusterMember(node: "a", position: 30, clockOffset: 0),
            ClusterMember(node: "b", position: 20, clockOffset: 0),
            ClusterMember(node: "c", position: 25, clockOffset: 0),
        ]
        #expect(members.rank(of: "c", at: 25, without: "a") == 0)
        #expect(members.rank(of: "b", at: 20, without: "a") == 1)
        #expect(members.rank(of: "b", at: 25, without: "a") == 0)
        #expect(members.rank(of: "d", at: 1, without: "a") == 2)
        var heard = members
        heard[1].silentMilliseconds = 900
        heard[2].silentMilliseconds = 60_000
        #expect(heard.rank(of: "d", at: 1, without: "a") == 1, "one has ended long ago")
        heard[1].silentMilliseconds = 61_000
        #expect(heard.rank(of: "d", at: 1, without: "a") == 2, "nobody is heard without a leader")
        #expect(members.majorityPosition(of: 0) == 25)
        #expect(Array(members.dropLast()).majorityPosition(of: 0) == 20)
        #expect([ClusterMember]().majorityPosition(of: 0) == 0)
    }

    @Test("nodes that nobody knows yet have nothing, and count for a majority")
    func expected() {
        let members = [
            ClusterMember(node: "a", position: 30, clockOffset: 0),
            ClusterMember(node: "b", position: 20, clockOffset: 0),
        ]
        #expect(members.majorityPosition(of: 1) == 20, "those that are known count")
        #expect(members.majorityPosition(of: 3) == 20)
        #expect(members.majorityPosition(of: 4) == 0)
        #expect(members.majorityPosition(of: 5) == 0)
        #expect([members[0]].majorityPosition(of: 1) == 30)
        #expect([members[0]].majorityPosition(of: 3) == 0)
        #expect([members[0]].majorityPosition(of: .max) == 0)
    }

    @Test("too few nodes are known: nothing is trimmed, and that is known where it matters")
    func tooFewToTrim() {
        let status = ClusterStatus(node: "a")
        status.expectedNodes = 3
        for number in 0..<10 { status.mark(first: UInt64(1 + number * 10), bytes: 1 << 20) }
        status.position = 101
        #expect(status.trimPoint(keeping: 4 << 20) == nil)
        #expect(status.nodesTooFewToTrim(keeping: 4 << 20) == 1)
        #expect(status.nodesTooFewToTrim(keeping: 100 << 20) == nil, "there is nothing to trim")
        status.note(ClusterMember(node: "b", position: 101, clockOffset: 0))
        #expect(status.nodesTooFewToTrim(keeping: 4 << 20) == nil)
        #expect(status.trimPoint(keeping: 4 << 20) == 61)
        status.forget("b")
        status.expectedNodes = 1
        #expect(status.nodesTooFewToTrim(keeping: 4 << 20) == nil)
        #expect(status.trimPoint(keeping: 3 << 20) == 71)
    }

    @Test("only what a majority has in its journals is trimmed, and the last bytes are kept")
    func trims() {
        let status = ClusterStatus(node: "a")
        for number in 0..<10 { status.mark(first: UInt64(1 + number * 10), bytes: 1 << 20) }
        status.position = 101
        status.note(ClusterMember(node: "b", position: 45, clockOffset: 0))
        status.note(ClusterMember(node: "c", position: 12, clockOffset: 0))
        #expect(status.trimPoint(keeping: 4 << 20) == 41)
        #expect(status.trimPoint(keeping: 4 << 20) == 41, "the call was lost")
        status.noteTrim(below: 41)
        #expect(status.trimPoint(keeping: 4 << 20) == nil, "it was made")
        // What it has written counts when it is on its disk.
        status.note(ClusterMember(node: "b", position: 101, durable: 45, clockOffset: 0))
        #expect(status.trimPoint(keeping: 4 << 20) == nil)
        status.note(ClusterMember(node: "b", position: 101, clockOffset: 0))
        #expect(status.trimPoint(keeping: 4 << 20) == 61)
        #expect(status.trimPoint(keeping: 100 << 20) == nil)
    }
}

import Glibc
import LockFree
import TestSupport
import Testing

@Suite("A byte ring", .serialized)
struct ByteRingTests {
    @Test("is empty at first, and of a power of two of pages")
    func startsEmpty() {
        let ring = ByteRing(capacity: 5000)
        #expect(ring.capacity == 8192)
        #expect(ByteRing(capacity: 0).capacity == 4096)
        #expect(ring.maximumRecordBytes == 4088)
        #expect(ring.isEmpty)
        #expect(ring.occupiedBytes == 0)
        #expect(ring.next() == nil)
    }

    @Test("gives back what was pushed, for short, long and the longest records")
    func keepsRecords() {
        let ring = ByteRing(capacity: 4096)
        let longest = ring.maximumRecordBytes
        let between = stride(from: 200, to: longest - 20, by: 97)
        for length in [Int](0..<200) + between + [Int](longest - 20...longest) {
            #expect(ring.push(record(length, seed: length)))
            #expect(!ring.isEmpty)
            #expect(ring.next() == record(length, seed: length))
            #expect(ring.isEmpty)
        }
    }

    @Test("wraps at every alignment, with records of every remainder")
    func wrapsEverywhere() {
        for length in 0...24 {
            let ring = ByteRing(capacity: 4096)
            // Three records and, if these end an even number of headers further, an empty one: an
            // odd step meets each of the 512 places where a record can start.
            let isEven = (1 + (length + 7) / 8) % 2 == 0
            for _ in 0..<512 {
                for index in 0..<3 where !ring.push(record(length, seed: index)) {
                    Issue.record("no room for record \(index) of \(length) bytes")
                }
                for index in 0..<3 where ring.next() != record(length, seed: index) {
                    Issue.record("record \(index) of \(length) bytes came out another")
                }
                if isEven { #expect(ring.push([]) && ring.next() == []) }
            }
            #expect(ring.isEmpty)
        }
    }

    @Test("leaves the room that it is asked to leave, and takes more where less is left")
    func leavesRoom() {
        let ring = ByteRing(capacity: 4096)
        var taken = 0
        while ring.push(record(24, seed: taken), leaving: 2048) { taken += 1 }
        #expect(ring.occupiedBytes == 2048)
        while ring.push(record(24, seed: taken), leaving: 512) { taken += 1 }
        #expect(ring.occupiedBytes == 4096 - 512)
        while ring.push(record(24, seed: taken)) { taken += 1 }
        #expect(ring.occupiedBytes == 4096 && taken == 128)
        for index in 0..<taken { #expect(ring.next() == record(24, seed: index)) }
        #expect(ring.push(record(24, seed: 0), leaving: 4064))
        #expect(!ring.push(record(24, seed: 0), leaving: 4064))
    }

    @Test("takes the longest record when it is empty, wherever its end is")
    func longestRecordFits() {
        let ring = ByteRing(capacity: 4096)
        for _ in 0..<600 {
            #expect(ring.push(record(8, seed: 1)))
            #expect(ring.next()?.count == 8)
            #expect(ring.push(record(ring.maximumRecordBytes, seed: 2)))
            #expect(ring.next() == record(ring.maximumRecordBytes, seed: 2))
        }
    }

    @Test(
        "refuses when it is full without asking for the record, and takes it when there is room"
    )
    func refusesWhenFull() {
        let ring = ByteRing(capacity: 4096)
        var pushed = 0
        while ring.push(record(56, seed: pushed)) { pushed += 1 }
        #expect(pushed == 4096 / 64)
        #expect(ring.occupiedBytes == 4096)
        let isTaken = unsafe ring.push(maximum: 0) { _ in
            Issue.record("there is no room to write to")
            return 0
        }
        #expect(!isTaken)
        #expect(ring.next() == record(56, seed: 0))
        #expect(ring.push(record(56, seed: pushed)))
        #expect(!ring.push(record(56, seed: 0)))
        for seed in 1...pushed { #expect(ring.next() == record(56, seed: seed)) }
        #expect(ring.isEmpty)
    }

    @Test("keeps no more of the room it offered than was written")
    func keepsWhatWasWritten() {
        let ring = ByteRing(capacity: 4096)
        let isTaken = unsafe ring.push(maximum: 1000) { room in
            #expect(room.count == 1000)
            unsafe room.storeBytes(of: 0x41, as: UInt8.self)
            return 1
        }
        #expect(isTaken)
        #expect(ring.occupiedBytes == 16)
        #expect(ring.next()?.count == 1)
    }

    @Test("drains up to the limit, and stops after the record where it is told to")
    func drains() {
        let ring = ByteRing(capacity: 4096)
        for seed in 0..<10 { #expect(ring.push(record(20, seed: seed))) }
        var next = 0
        func isNext(_ span: RawSpan) -> Bool {
            defer { next += 1 }
            return isRecord(span, 20, seed: next)
        }
        #expect(ring.drain(limit: 0) { _ in true } == 0)
        #expect(ring.drain(limit: 4) { isNext($0) } == 4)
        #expect(next == 4)
        let taken = ring.drain { span in
            if !isNext(span) { Issue.record("record \(next - 1) is another one") }
            return next < 6
        }
        #expect(taken == 2)
        #expect(next == 6)
        #expect(ring.drain { isNext($0) } == 4)
        #expect(next == 10)
        #expect(ring.isEmpty)
    }

    @Test("loses, doubles and tears nothing between two threads")
    func holdsBetweenThreads() {
        let seed = SeededGenerator.printed()
        let ring = ByteRing(capacity: 4096)
        let records = 200_000
        atOnce(
            {
                var random = seed
                for number in 0..<records {
                    let length = 8 + Int(random.next() % 120)
                    while !push(number, length: length, to: ring) { sched_yield() }
                }
            },
            {
                var random = seed
                var number = 0
                var wrong = 0
                while number < records {
                    let limit = 1 + number % 37
                    let taken = ring.drain(limit: limit) { span in
                        let length = 8 + Int(random.next() % 120)
                        if !isNumbered(span, number, length: length) { wrong += 1 }
                        number += 1
                        return true
                    }
                    if taken == 0 { sched_yield() }
                }
                #expect(wrong == 0)
            })
        #expect(ring.isEmpty)
        #expect(ring.occupiedBytes == 0)
    }

    @Test("a record was taken when as much was read as had been written behind it")
    func places() {
        let ring = ByteRing(capacity: 4096)
        #expect(ring.written == 0 && ring.read == 0)
        for round in 0..<100 {
            var ends: [UInt64] = []
            for seed in 0..<3 {
                // Of lengths that leave the end of the block unused now and then.
                #expect(ring.push(record(400 + 37 * (round % 11), seed: seed)))
                ends.append(ring.written)
            }
            for seed in 0..<3 {
                #expect(ring.read < ends[seed])
                #expect(ring.next() == record(400 + 37 * (round % 11), seed: seed))
                #expect(ring.read == ends[seed])
            }
        }
        #expect(ring.written > 10 * UInt64(ring.capacity) && ring.isEmpty)
    }

    @Test("what was written into one ring before a record of another one is found by its place")
    func placesBetweenThreads() {
        let seed = SeededGenerator.printed()
        let (one, other) = (ByteRing(capacity: 4096), ByteRing(capacity: 4096))
        let records = 100_000
        atOnce(
            {
                var random = seed
                var pushed: (UInt64, UInt64) = (0, 0)
                for _ in 0..<records {
                    let isOne = random.next() % 3 > 0
                    let (ring, beside) = isOne ? (one, other) : (other, one)
                    // Where the other ring ends now, and how many records that is.
                    let words = [beside.written, isOne ? pushed.1 : pushed.0]
                    while !ring.push(words: words) { sched_yield() }
                    if isOne { pushed.0 += 1 } else { pushed.1 += 1 }
                }
            },
            {
                var taken: (UInt64, UInt64) = (0, 0)
                var (wrong, isStuck) = (0, false)
                while taken.0 + taken.1 < UInt64(records), !isStuck {
                    // The one, unless its next record is behind some of the other.
                    for isOne in [true, false] {
                        let (ring, beside) = isOne ? (one, other) : (other, one)
                        guard let next = ring.words() else { continue }
                        guard next[0] <= beside.read else {
                            // Nothing is behind what comes later.
                            if !isOne, let first = one.words(), first[0] > other.read {
                                isStuck = true
                            }
                            continue
                        }
                        if next[1] > (isOne ? taken.1 : taken.0) { wrong += 1 }
                        ring.pop { _ in }
                        if isOne { taken.0 += 1 } else { taken.1 += 1 }
                    }
                    if one.isEmpty, other.isEmpty { sched_yield() }
                }
                #expect(wrong == 0 && !isStuck)
            })
        #expect(one.isEmpty && other.isEmpty)
    }

    // MARK: Records that tell their content

    private func record(_ length: Int, seed: Int) -> [UInt8] {
        (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ seed) }
    }

    private func isRecord(_ span: RawSpan, _ length: Int, seed: Int) -> Bool {
        unsafe span.withUnsafeBytes { unsafe $0.elementsEqual(record(length, seed: seed)) }
    }
}

extension ByteRing {
    /// The oldest record, taken; nil if there is none.
    fileprivate func next() -> [UInt8]? {
        var copy: [UInt8]?
        let isTaken = pop { span in
            copy = unsafe span.withUnsafeBytes { unsafe [UInt8]($0) }
        }
        return isTaken ? copy : nil
    }

    fileprivate func push(words: [UInt64]) -> Bool {
        unsafe push(maximum: 16) { room in
            unsafe room.storeBytes(of: words[0], as: UInt64.self)
            unsafe room.storeBytes(of: words[1], toByteOffset: 8, as: UInt64.self)
            return 16
        }
    }

    /// The oldest record's words, where they are; nil if there is none.
    fileprivate func words() -> [UInt64]? {
        var words: [UInt64]?
        peek(limit: 1) { span in
            words = unsafe span.withUnsafeBytes { bytes in
                unsafe [
                    bytes.load(as: UInt64.self), bytes.load(fromByteOffset: 8, as: UInt64.self),
                ]
            }
        }
        return words
    }

    fileprivate func push(_ bytes: [UInt8], leaving reserve: Int = 0) -> Bool {
        unsafe push(maximum: bytes.count, leaving: reserve) { room in
            unsafe room.copyBytes(from: bytes)
            return bytes.count
        }
    }
}

/// A record of `length` bytes, at least 8: its number, then the number's low byte.
private func push(_ number: Int, length: Int, to ring: ByteRing) -> Bool {
    unsafe ring.push(maximum: length + 9) { room in
        unsafe room.storeBytes(of: number, as: Int.self)
        for index in 8..<length { unsafe room[index] = UInt8(truncatingIfNeeded: number) }
        return length
    }
}

private func isNumbered(_ span: RawSpan, _ number: Int, length: Int) -> Bool {
    guard span.byteCount == length else { return false }
    return unsafe span.withUnsafeBytes { bytes in
        unsafe bytes.load(as: Int.self) == number
            && bytes[8...].allSatisfy { $0 == UInt8(truncatingIfNeeded: number) }
    }
}

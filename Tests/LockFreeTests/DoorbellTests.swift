import Glibc
import LockFree
import Synchronization
import Testing

@Suite("A doorbell", .serialized)
struct DoorbellTests {
    @Test("rung while the consumer is awake does nothing")
    func silentWhileAwake() throws {
        let bell = try Doorbell()
        bell.ring()
        bell.prepareToSleep()
        #expect(!bell.wait(timeoutNanoseconds: 0))
        bell.wokeUp()
    }

    @Test("rung between the last look and sleep ends the sleep at once, and is then silent")
    func ringsBeforeSleep() throws {
        let bell = try Doorbell()
        for _ in 0..<3 {
            bell.prepareToSleep()
            bell.ring()
            bell.ring()
            #expect(bell.wait())
            #expect(isReadable(bell.descriptor))
            bell.wokeUp()
            #expect(!isReadable(bell.descriptor))
            bell.wokeUp()
            bell.ring()
            #expect(!isReadable(bell.descriptor))
        }
    }

    @Test("that did not ring leaves the wait when the time is over")
    func timesOut() throws {
        let bell = try Doorbell()
        bell.prepareToSleep()
        #expect(!bell.wait(timeoutNanoseconds: 1))
        #expect(!bell.wait(timeoutNanoseconds: -5))
        bell.wokeUp()
    }

    @Test("is awaited from before the consumer sleeps until it is rung, or awake")
    func awaited() throws {
        let bell = try Doorbell()
        #expect(!bell.isAwaited)
        bell.prepareToSleep()
        #expect(bell.isAwaited)
        bell.ring()
        #expect(!bell.isAwaited)
        bell.wokeUp()
        bell.prepareToSleep()
        #expect(bell.isAwaited)
        bell.wokeUp()
        #expect(!bell.isAwaited)
    }

    @Test("closes both its descriptors")
    func closesDescriptors() throws {
        let before = try Doorbell().descriptor
        for _ in 0..<2000 { _ = try Doorbell() }
        #expect(try Doorbell().descriptor < before + 64)
    }

    /// Every record of one thread wakes the other, which answers, and so on: each side sleeps for
    /// almost every record. A lost wake-up would leave both asleep, so the wait has an end, and
    /// reaching it while a record is there is the failure.
    @Test("never loses a wake-up when every record finds the other side asleep")
    func passesBackAndForth() throws {
        let rounds = 20_000
        let there = Side(bell: try Doorbell())
        let back = Side(bell: try Doorbell())
        atOnce(
            {
                for _ in 0..<rounds {
                    there.put()
                    back.take(1)
                }
            },
            {
                for _ in 0..<rounds {
                    there.take(1)
                    back.put()
                }
            })
        #expect(there.lost.load(ordering: .relaxed) == 0)
        #expect(back.lost.load(ordering: .relaxed) == 0)
    }

    /// The interleaving that the fences are for, again and again: both threads leave a gate at
    /// once, one publishes and rings, the other says that it will sleep and looks. Then either it
    /// has seen the record or the bell has been rung; nobody sleeps, so a miss shows at once.
    /// Without a fence an optimised build on two cores misses some within these rounds.
    @Test("is rung, or its consumer sees the record, when both come at the same instant")
    func meetsAtTheSameInstant() throws {
        let rounds = 100_000
        let side = Side(bell: try Doorbell())
        let gate = Atomic<Int>(0)
        @Sendable func pass(_ count: Int) {
            gate.add(1, ordering: .acquiringAndReleasing)
            var turns = 0
            while gate.load(ordering: .acquiring) < count {
                turns += 1
                if turns % 1000 == 0 { sched_yield() }
            }
        }
        atOnce(
            {
                for round in 0..<rounds {
                    pass(4 * round + 2)
                    side.put()
                    pass(4 * round + 4)
                }
            },
            {
                var missed = 0
                for round in 0..<rounds {
                    pass(4 * round + 2)
                    side.bell.prepareToSleep()
                    let hasSeen = !side.ring.isEmpty
                    pass(4 * round + 4)
                    if !hasSeen && !side.bell.wait(timeoutNanoseconds: 0) { missed += 1 }
                    side.bell.wokeUp()
                    side.ring.drain { _ in true }
                }
                #expect(missed == 0)
            })
    }

    @Test("never loses a wake-up in a million handoffs from two producers, however they fall")
    func survivesTwoProducers() throws {
        let records = 500_000
        let bell = try Doorbell()
        let first = Side(bell: bell)
        let second = Side(bell: bell)
        atOnce(
            { for _ in 0..<records { first.put() } },
            {
                for number in 0..<records {
                    second.put()
                    if number % 64 == 0 { sched_yield() }
                }
            },
            {
                var left = 2 * records
                while left > 0 {
                    let taken = first.ring.drain { _ in true } + second.ring.drain { _ in true }
                    left -= taken
                    if taken == 0 {
                        first.sleep { first.ring.isEmpty && second.ring.isEmpty }
                    }
                }
            })
        #expect(first.lost.load(ordering: .relaxed) == 0)
        #expect(first.ring.isEmpty && second.ring.isEmpty)
        // All bytes that were owed have been taken, but for one whose producer was held up.
        bell.prepareToSleep()
        bell.wokeUp()
        #expect(!isReadable(bell.descriptor))
    }

    private func isReadable(_ descriptor: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, 0) > 0
    }
}

/// A ring with the bell of who reads it.
private final class Side: Sendable {
    let ring = ByteRing(capacity: 4096)
    let bell: Doorbell
    /// Times that a sleep ended by its time with something there to take.
    let lost = Atomic<Int>(0)

    init(bell: Doorbell) {
        self.bell = bell
    }

    func put() {
        while !(unsafe ring.push(maximum: 8, { _ in 8 })) { sched_yield() }
        bell.ring()
    }

    func take(_ count: Int) {
        var left = count
        while left > 0 {
            let taken = ring.drain(limit: left) { _ in true }
            left -= taken
            if taken == 0 { sleep { ring.isEmpty } }
        }
    }

    /// Sleeps if there is nothing to take, for half a minute at most.
    func sleep(while isEmpty: () -> Bool) {
        bell.prepareToSleep()
        if isEmpty() && !bell.wait(timeoutNanoseconds: 30_000_000_000) && !isEmpty() {
            lost.add(1, ordering: .relaxed)
        }
        bell.wokeUp()
    }
}

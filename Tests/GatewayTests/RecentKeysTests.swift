import Bytes
import Cryptography
import Testing

@testable import Gateway

@Suite("Keys that a worker remembers")
struct RecentKeysTests {
    @Test("what was remembered is found, and nothing else")
    func remembers() {
        var recent = RecentKeys()
        let known = "pk_known".withBytes { recent.hash($0) }
        let zero = KeyedHash128(high: 0, low: 0)
        #expect(recent.key(known) == nil)
        #expect(recent.key(zero) == nil, "an empty slot is nobody's, whatever it holds")
        recent.remember(7, as: known)
        #expect(recent.key(known) == 7)
        let again = "pk_known".withBytes { recent.hash($0) }
        #expect(recent.key(again) == 7)
        for other in ["pk_knowN", "pk_know", "pk_known ", ""] {
            let hash = other.withBytes { recent.hash($0) }
            #expect(recent.key(hash) == nil, "\(other)")
        }
        for bit in 8..<128 {
            var near = known
            if bit < 64 { near.low ^= 1 << UInt64(bit) } else { near.high ^= 1 << UInt64(bit - 64) }
            #expect(recent.key(near) == nil, "the same slot, and bit \(bit) differs")
        }
    }

    @Test("each worker has a secret of its own")
    func secrets() {
        var one = RecentKeys()
        var other = RecentKeys()
        let first = "pk_known".withBytes { one.hash($0) }
        #expect("pk_known".withBytes { other.hash($0) } != first)
    }

    @Test("of two keys on one slot the later one is remembered")
    func slots() {
        var recent = RecentKeys()
        let one = KeyedHash128(high: 1, low: 0x05)
        let other = KeyedHash128(high: 1, low: 0x105)
        recent.remember(1, as: one)
        recent.remember(2, as: other)
        #expect(recent.key(one) == nil)
        #expect(recent.key(other) == 2)
    }
}

internal import Bytes

/// The browsers that a thread has seen lately: the `User-Agent` values that hold no tell, each with
/// the `Sec-CH-UA` that came with it and fits it. A crowd has a few dozen, byte for byte, and what
/// such a pair says does not change: it need not be looked through again.
///
/// Bounded; a new pair takes the place of an old one. Nothing of a head but these two values counts
/// here, and the whole of both is compared, so nobody can pass for another browser.
struct BrowserMemory: ~Copyable, Sendable {
    /// What the two values come to.
    struct Known: Sendable, BitwiseCopyable {
        var claim = BrowserClaim()
        /// The rules that the value excuses, a bit for each.
        var excused: UInt64 = 0
    }

    private struct Slot: Sendable, BitwiseCopyable {
        /// Bytes of the two values; 0 where nothing is remembered.
        var agentCount = 0
        var brandsCount = 0
        var known = Known()
    }

    private static var count: Int { 128 }
    private static var agentBytes: Int { 256 }
    private static var brandsBytes: Int { 128 }
    private static var agentWords: Int { agentBytes / 8 }
    private static var slotWords: Int { (agentBytes + brandsBytes) / 8 }

    /// Empty where nothing is remembered.
    private var slots: [Slot]
    /// The two values of each slot, eight bytes to a word, zeros behind.
    private var texts: [UInt64]

    init() {
        slots = Array(repeating: Slot(), count: Self.count)
        texts = Array(repeating: 0, count: Self.count * Self.slotWords)
    }

    /// One that remembers nothing, and has no memory.
    init(isOff: Void) {
        slots = []
        texts = []
    }

    /// Forgets all of them: for another ruleset.
    mutating func removeAll() {
        for index in slots.indices { slots[index].agentCount = 0 }
    }

    /// - Parameters:
    ///   - agent: the first `User-Agent`, not empty.
    ///   - brands: the first `Sec-CH-UA`; empty without one.
    /// - Precondition: both lie within the head; so for ``learn(_:agent:brands:in:)``.
    @inline(__always)
    func find(agent: ByteRange, brands: ByteRange, in head: RawSpan) -> Known? {
        guard !slots.isEmpty else { return nil }
        let index = Self.index(agent, brands, in: head)
        let slot = slots[index]
        guard slot.agentCount == Int(agent.count), slot.brandsCount == Int(brands.count),
            slot.agentCount > 0
        else { return nil }
        let start = index &* Self.slotWords
        guard isSame(agent, at: start, in: head),
            isSame(brands, at: start &+ Self.agentWords, in: head)
        else { return nil }
        return slot.known
    }

    @inline(__always)
    private func isSame(_ value: ByteRange, at start: Int, in head: RawSpan) -> Bool {
        let texts = texts.span
        let bytes = value.range
        var place = start
        var at = bytes.lowerBound
        while at < bytes.upperBound {
            let word = head.word(at: at, count: min(8, bytes.upperBound &- at))
            if texts[place] != word { return false }
            place &+= 1
            at &+= 8
        }
        return true
    }

    mutating func learn(
        _ known: Known, agent: ByteRange, brands: ByteRange, in head: RawSpan
    ) {
        guard !slots.isEmpty, agent.count > 0, Int(agent.count) <= Self.agentBytes,
            Int(brands.count) <= Self.brandsBytes
        else { return }
        let index = Self.index(agent, brands, in: head)
        let start = index &* Self.slotWords
        keep(agent, at: start, of: head)
        keep(brands, at: start &+ Self.agentWords, of: head)
        slots[index] = Slot(
            agentCount: Int(agent.count), brandsCount: Int(brands.count), known: known)
    }

    private mutating func keep(_ value: ByteRange, at start: Int, of head: RawSpan) {
        let bytes = value.range
        for offset in stride(from: 0, to: bytes.count, by: 8) {
            texts[start &+ offset / 8] = head.word(
                at: bytes.lowerBound &+ offset, count: min(8, bytes.count &- offset))
        }
    }

    /// By the parts in which browsers differ: the system behind `Mozilla/5.0 (`, and the versions
    /// at the end.
    @inline(__always)
    private static func index(
        _ agent: ByteRange, _ brands: ByteRange, in head: RawSpan
    ) -> Int {
        let count = Int(agent.count)
        var mixed = UInt64(count) &+ UInt64(brands.count) << 32
        mixed = mix(mixed, head, agent, at: 13)
        mixed = mix(mixed, head, agent, at: count &- 30)
        mixed = mix(mixed, head, agent, at: count &- 22)
        mixed = mix(mixed, head, agent, at: count &- 8)
        return Int(truncatingIfNeeded: mixed >> 40) & (Self.count &- 1)
    }

    /// - Parameter offset: in the value; of a short one, what there is.
    @inline(__always)
    private static func mix(
        _ mixed: UInt64, _ head: RawSpan, _ value: ByteRange, at offset: Int
    ) -> UInt64 {
        let bytes = value.range
        let at = max(min(bytes.lowerBound &+ offset, bytes.upperBound &- 8), bytes.lowerBound)
        let word = head.word(at: at, count: min(8, bytes.upperBound &- at))
        let product = (mixed ^ word) &* 0x9E37_79B9_7F4A_7C15
        return product ^ product >> 29
    }
}

/// What an event is about: a place in the loop's tables, and which tenant of that place.
///
/// Places are used again; an event that was fetched before its connection closed carries the old
/// generation and is recognised as stale.
package struct EventToken: Equatable, Sendable, BitwiseCopyable {
    package let place: UInt32
    package let generation: UInt32

    package init(place: UInt32, generation: UInt32) {
        self.place = place
        self.generation = generation
    }

    init(word: UInt64) {
        place = UInt32(truncatingIfNeeded: word)
        generation = UInt32(truncatingIfNeeded: word >> 32)
    }

    var word: UInt64 { UInt64(generation) << 32 | UInt64(place) }
}

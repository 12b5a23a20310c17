internal import Bytes
internal import LockFree
internal import Sockets

/// Entries that were taken from the workers' rings and are not answered: each is kept as it is
/// sent, so that it can be sent again to another leader. In the order of their numbers, which are
/// never used again. Used by one thread at a time; allocates nothing after it is made.
struct KeptEntries: ~Copyable {
    /// Who waits for one of them, and what may be done with it.
    struct Slot: BitwiseCopyable {
        var lane = 0
        var connection = EventToken(place: 0, generation: 0)
        /// When its worker handed it over, in nanoseconds of the monotonic clock.
        var handedOver: UInt64 = 0
        var operation: UInt32 = 0
        var isTest = false
        /// Whether it counts once however often it is sent.
        var mayRepeat = false
        /// How many leaders may have it, one after the other.
        var leaders: UInt8 = 0
        var isAnswered = true

        /// Whether a leader may have it.
        var wasSent: Bool { leaders > 0 }
    }

    /// As they are sent, from the oldest that is kept on; those that are answered, too, while an
    /// older one is not.
    private let bytes: ByteRing
    /// By number, modulo their count.
    private var slots: ContiguousArray<Slot>
    /// The number of the oldest.
    private(set) var first: UInt64 = 1
    /// The number that the next one gets.
    private(set) var next: UInt64 = 1
    /// How many are not answered.
    private(set) var count = 0

    /// - Parameters:
    ///   - entries: that may be kept, at least.
    ///   - bytes: that they may take, at least.
    init(entries: Int, bytes: Int) {
        var capacity = 16
        while capacity < entries { capacity *= 2 }
        slots = ContiguousArray(repeating: Slot(), count: capacity)
        self.bytes = ByteRing(capacity: max(bytes, 8 * ForwardedEntry.maximumBytes))
    }

    /// Whether any further entry fits.
    var hasRoom: Bool {
        next - first < UInt64(slots.count)
            && bytes.capacity - bytes.occupiedBytes > 3 * ForwardedEntry.maximumBytes
    }

    private func place(_ number: UInt64) -> Int { Int(number & UInt64(slots.count - 1)) }

    /// Keeps an entry under ``next``.
    /// - Precondition: there ``hasRoom``.
    mutating func append(_ slot: Slot, _ entry: RawSpan) {
        let isTaken = bytes.push(entry)
        precondition(isTaken, "there is room for the longest entry")
        slots[place(next)] = slot
        slots[place(next)].isAnswered = false
        next += 1
        count += 1
    }

    /// Whether it is kept and not answered.
    func contains(_ number: UInt64) -> Bool {
        number >= first && number < next && !slots[place(number)].isAnswered
    }

    /// An entry is answered, and kept no more.
    /// - Returns: who waits for it; nil where nobody does.
    mutating func answer(_ number: UInt64) -> Slot? {
        guard contains(number) else { return nil }
        slots[place(number)].isAnswered = true
        count -= 1
        let slot = slots[place(number)]
        while first < next, slots[place(first)].isAnswered {
            bytes.pop { _ in }
            first += 1
        }
        return slot
    }

    /// Who waits for the oldest that is not answered; nil for none.
    var oldest: (number: UInt64, slot: Slot)? {
        first < next ? (first, slots[place(first)]) : nil
    }

    /// Shows the oldest as it was sent, where there is one.
    func withOldest(_ body: (RawSpan) -> Void) { bytes.peek(limit: 1, body) }

    func slot(_ number: UInt64) -> Slot { slots[place(number)] }

    /// A leader may have it from now on.
    mutating func markSent(_ number: UInt64) {
        let place = place(number)
        slots[place].leaders += slots[place].leaders < .max ? 1 : 0
    }

    /// The leader that got it last did not decide it. One before may have.
    mutating func markUnsent(_ number: UInt64) {
        guard contains(number), slots[place(number)].wasSent else { return }
        slots[place(number)].leaders -= 1
    }

    /// Shows those that are not answered, oldest first.
    func forEach(_ body: (_ number: UInt64, Slot, _ entry: RawSpan) -> Void) {
        var number = first
        bytes.peek(limit: Int(next - first)) { entry in
            let slot = slots[place(number)]
            if !slot.isAnswered { body(number, slot, entry) }
            number += 1
        }
    }
}

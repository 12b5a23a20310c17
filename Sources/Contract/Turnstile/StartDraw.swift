/// The places of participants who come before an operation opens, where its start is shuffled (C4):
/// one each, however often they come.
///
/// A participant's index is the order in which they came; it stands in the ticket. At the opening a
/// ``Shuffle`` gives each index its place in the queue, so no list is needed, and a ticket outlives
/// a restart. Which index a participant has is remembered for those that come without their
/// ticket: after a restart, of those alone that have come with it since.
package struct StartDraw: Sendable {
    /// What is on record of it.
    package private(set) var record: Record
    /// The last index that was given; the first is 1.
    package private(set) var last: UInt64
    /// By participant: the index.
    private var indices: [UInt64: UInt32] = [:]
    /// When a participant came last, in milliseconds of the owner's clock.
    private var latest: Int64

    /// What a restart must know.
    package struct Record: Equatable, Codable, Sendable, BitwiseCopyable {
        /// Tells this draw's tickets from those of another, and of a turnstile; below 2^53.
        package var epoch: UInt64
        /// No higher index has been given.
        package var registered: UInt64
        /// Of one that has opened: the order, as many as were registered.
        package var shuffle: Shuffle?
        /// Of one that has opened: the last number of the queue before those of the draw.
        package var after: UInt64?

        package init(
            epoch: UInt64, registered: UInt64, shuffle: Shuffle? = nil, after: UInt64? = nil
        ) {
            self.epoch = epoch
            self.registered = registered
            self.shuffle = shuffle
            self.after = after
        }

        package var isPlausible: Bool {
            guard epoch < QueueCounters.bound, registered <= Turnstile.maximumWaiting * 2
            else { return false }
            guard let shuffle else { return after == nil }
            return shuffle.count == registered && registered > 0
                && shuffle.seed < QueueCounters.bound
                && after.map { $0 < QueueCounters.bound } == true
        }
    }

    /// - Parameter record: of a new one only the epoch counts.
    package init(_ record: Record, at milliseconds: Int64) {
        self.record = record
        last = record.registered
        latest = milliseconds
    }

    /// Bytes that remembering the participants takes: 12 a slot, of which three in four are used.
    package var memoryBytes: Int { indices.capacity * 16 }

    /// Whether the operation has opened.
    package var isShuffled: Bool { record.shuffle != nil }

    /// The index of a participant who comes before the opening; `nil` if there are too many.
    /// - Parameters:
    ///   - participant: 64 bits of a keyed hash.
    ///   - ticket: the index in a ticket of this draw; 0 for none.
    ///   - mayGrow: without it nobody is remembered who is not yet.
    package mutating func register(
        _ participant: UInt64, ticket: UInt64, mayGrow: Bool = true, at milliseconds: Int64
    ) -> UInt64? {
        latest = milliseconds
        if let known = indices[participant] { return UInt64(known) }
        let isKnown = hasGiven(ticket)
        guard mayGrow else { return isKnown ? ticket : nil }
        guard isKnown || last < Turnstile.maximumWaiting else { return nil }
        if !isKnown { last += 1 }
        let index = isKnown ? ticket : last
        indices[participant] = UInt32(index)
        return index
    }

    /// Whether an index may have been given: none above those on record was.
    package func hasGiven(_ index: UInt64) -> Bool { index > 0 && index <= last }

    /// The record that must be durable before an answer leaves; `nil` while the last one will do.
    /// Ahead by an eighth, and by 16 at least.
    package mutating func recordAhead() -> Record? {
        guard last > record.registered else { return nil }
        record.registered = last + max(last / 8, 16)
        return record
    }

    /// Opens the draw.
    /// - Parameter after: the last number of the queue.
    package mutating func shuffle(seed: UInt64, after: UInt64) -> Record {
        record.registered = last
        record.shuffle = Shuffle(seed: seed, count: last)
        record.after = after
        return record
    }

    /// The number that a participant has in the queue since the opening; `nil` for one that did not
    /// come before.
    /// - Parameters: as of ``register(_:ticket:mayGrow:at:)``.
    package func number(of participant: UInt64, ticket: UInt64) -> UInt64? {
        guard let shuffle = record.shuffle, let after = record.after else { return nil }
        let index = ticket > 0 ? ticket : UInt64(indices[participant] ?? 0)
        guard index > 0, index <= shuffle.count else { return nil }
        return after + 1 + shuffle.place(of: index - 1)
    }

    /// The last number of the draw; `nil` before it has opened.
    package var lastNumber: UInt64? {
        guard let shuffle = record.shuffle, let after = record.after else { return nil }
        return after + shuffle.count
    }

    /// Whether nobody has come for so long that it will not be opened any more: without a pace at
    /// the opening it never is.
    package func isForgotten(at milliseconds: Int64) -> Bool {
        !isShuffled && milliseconds - latest > Self.keptMilliseconds
    }

    package static var keptMilliseconds: Int64 { 900_000 }

    /// Participants return within so many milliseconds after the opening: up to 10,000 a second,
    /// and more where there are more than 300,000.
    package var returnMilliseconds: Int64 { min(max(Int64(last) / 10, 1_000), 30_000) }

    /// When a participant who comes before the opening is to return: just behind it, spread by a
    /// hash; every five minutes where that is far, because the date may be changed.
    /// - Parameter wait: milliseconds until the opening.
    package func retryMilliseconds(opening wait: Int64, _ participant: UInt64) -> Int64 {
        let pause = min(max(wait, 0), Self.longestRetryMilliseconds)
        let spread = wait > pause ? pause / 10 : returnMilliseconds
        return pause + Int64(participant % UInt64(spread + 1))
    }

    private static var longestRetryMilliseconds: Int64 { 300_000 }
}

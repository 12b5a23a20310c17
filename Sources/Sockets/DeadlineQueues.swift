/// Deadlines of equal duration, kept in the order in which they were armed, which is the order in
/// which they fall due: arming and disarming are O(1), and only the heads need looking at.
///
/// A place has at most one deadline at a time. The links are indices in arrays beside the
/// connection table, one list for each kind of deadline.
package struct DeadlineQueues: ~Copyable {
    /// How long each kind lasts, in milliseconds.
    private var durations: [UInt64]
    /// First and last place of each kind's list; `none` where it is empty.
    private var heads: [UInt32]
    private var tails: [UInt32]
    /// Neighbours, kind and due time of each place that ever had a deadline.
    private var links: [Link] = []

    private static var none: UInt32 { .max }

    private struct Link {
        var previous = DeadlineQueues.none
        var next = DeadlineQueues.none
        /// -1 while no deadline is armed.
        var kind: Int32 = -1
        /// Milliseconds of the monotonic clock.
        var due: UInt64 = 0
    }

    /// - Parameters:
    ///   - durationsMilliseconds: one for each kind, which is its index here.
    ///   - capacity: places, as in the connection table.
    package init(durationsMilliseconds: [UInt64], capacity: Int) {
        durations = durationsMilliseconds
        heads = Array(repeating: Self.none, count: durations.count)
        tails = heads
        // Reserved, so that it never moves, and touched as it is used.
        links.reserveCapacity(capacity)
    }

    /// Gives a place a deadline of this kind from now; a former one of any kind is gone.
    package mutating func arm(_ place: UInt32, kind: Int, now milliseconds: UInt64) {
        while links.count <= Int(place) { links.append(Link()) }
        disarm(place)
        let last = tails[kind]
        links[Int(place)] = Link(
            previous: last, kind: Int32(kind), due: milliseconds &+ durations[kind])
        if last == Self.none { heads[kind] = place } else { links[Int(last)].next = place }
        tails[kind] = place
    }

    /// Takes a place's deadline away, if it has one.
    package mutating func disarm(_ place: UInt32) {
        guard Int(place) < links.count else { return }
        let link = links[Int(place)]
        guard link.kind >= 0 else { return }
        let kind = Int(link.kind)
        if link.previous == Self.none {
            heads[kind] = link.next
        } else {
            links[Int(link.previous)].next = link.next
        }
        if link.next == Self.none {
            tails[kind] = link.previous
        } else {
            links[Int(link.next)].previous = link.previous
        }
        links[Int(place)].kind = -1
    }

    /// Other durations from now on, as many as before. A deadline that runs falls due no later than
    /// if it were armed now; none is moved back. O(places).
    package mutating func change(durationsMilliseconds: [UInt64], now milliseconds: UInt64) {
        precondition(durationsMilliseconds.count == durations.count, "one for each kind")
        durations = durationsMilliseconds
        for (kind, duration) in durations.enumerated() {
            var place = heads[kind]
            while place != Self.none {
                // A bound for all of a queue leaves its order as it is.
                links[Int(place)].due = min(links[Int(place)].due, milliseconds &+ duration)
                place = links[Int(place)].next
            }
        }
    }

    /// The kind of the deadline a place has, if it has one.
    package func kind(of place: UInt32) -> Int? {
        guard Int(place) < links.count else { return nil }
        let kind = links[Int(place)].kind
        return kind >= 0 ? Int(kind) : nil
    }

    /// When the deadline of a place was armed, if it has one, in milliseconds of the monotonic
    /// clock; where durations have changed since, about then.
    package func armed(_ place: UInt32) -> UInt64? {
        guard let kind = kind(of: place) else { return nil }
        let due = links[Int(place)].due
        return due - min(durations[kind], due)
    }

    /// Takes out one deadline that has passed.
    /// - Returns: its place and kind, or nil where none has.
    package mutating func popExpired(now milliseconds: UInt64) -> (place: UInt32, kind: Int)? {
        for kind in heads.indices {
            let place = heads[kind]
            guard place != Self.none, links[Int(place)].due <= milliseconds else { continue }
            disarm(place)
            return (place, kind)
        }
        return nil
    }

    /// Milliseconds until the next deadline, 0 if one has passed, nil if none is armed.
    package func untilNext(now milliseconds: UInt64) -> UInt64? {
        var nearest: UInt64?
        for head in heads where head != Self.none {
            let due = links[Int(head)].due
            let left = due > milliseconds ? due - milliseconds : 0
            nearest = min(nearest ?? left, left)
        }
        return nearest
    }
}

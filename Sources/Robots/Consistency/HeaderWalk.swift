internal import Bytes

/// A header's place in a browser's order: those of one group come in any order.
struct HeaderRank: Sendable, BitwiseCopyable {
    /// In the table of names.
    let number: UInt8
    let group: UInt8
}

/// One walk over the names of a request's header fields: which are there, in which order, spelled
/// how. Fields beyond the 255th are not looked at.
struct HeaderWalk: Sendable, BitwiseCopyable {
    /// A bit for each name of the table that was sent.
    private(set) var seen: UInt64 = 0
    /// A bit for each that was sent more than once.
    private(set) var repeated: UInt64 = 0
    /// The first field whose name is not spelled as browsers spell it; 255 without one.
    private(set) var misspelled: UInt8 = 255
    /// By name: the place of the first field so named, where ``seen`` has its bit.
    private var places = InlineArray<64, UInt8>(repeating: 0)

    /// Takes the next known field.
    /// - Parameters:
    ///   - number: in the table of names, below 64.
    ///   - place: below 255.
    @inline(__always)
    mutating func take(_ number: UInt8, at place: UInt8, isSpelled: Bool) {
        let bit: UInt64 = 1 &<< UInt64(number)
        if !isSpelled, misspelled == 255 { misspelled = place }
        if seen & bit != 0 {
            repeated |= bit
        } else {
            seen |= bit
            places[Int(number & 63)] = place
        }
    }

    @inline(__always)
    func has(_ name: HeaderName) -> Bool { seen & name.bit != 0 }

    @inline(__always)
    func has(all names: UInt64) -> Bool { seen & names == names }

    /// The place of the first field so named.
    @inline(__always)
    func place(of name: HeaderName) -> Int? {
        has(name) ? Int(places[Int(name.rawValue)]) : nil
    }

    /// The place of the first field with a name of the table.
    /// - Precondition: ``seen`` has its bit.
    @inline(__always)
    func place(ofNumber number: Int) -> Int { Int(places[number]) }

    /// The first field that stands before one that it must follow; nil where the order holds.
    func firstOutOfOrder(_ order: Span<HeaderRank>) -> Int? {
        var group: UInt8 = 0
        // Behind which place the group in hand begins, and the last place so far.
        var floor = -1
        var last = -1
        for index in 0..<order.count {
            let rank = order[index]
            guard seen & (1 << UInt64(rank.number)) != 0 else { continue }
            let place = Int(places[Int(rank.number)])
            if rank.group != group {
                group = rank.group
                floor = last
            }
            if place < floor { return place }
            last = max(last, place)
        }
        return nil
    }
}

internal import Bytes

/// The heads that a thread has judged lately and found nothing in, and the browsers in them.
///
/// People have a few hundred heads between them, and a browser sends the same one with each entry
/// but for the length, the key, the page and what else is the entry's own. What no rule reads may
/// differ; everything else is compared byte for byte, with the transport, so that a head which is
/// found here is judged as it was judged before: by no rule, with the same hash.
///
/// Bounded: half a mebibyte. A head is kept when it comes a second time, in place of the one of its
/// set of two that has been idle longer. So one that never comes again costs a hash, and one
/// comparison where the hash says that it has come.
package struct HeadMemory: ~Copyable, Sendable {
    /// How a head came, as far as rules ask.
    struct Circumstances: Equatable, Sendable, BitwiseCopyable {
        var traits: RequestTraits
        var transport: RobotTransport
        var clientHello: UInt64
    }

    /// Where a head would be, and whether it has been there.
    struct Place: Sendable, BitwiseCopyable {
        /// Of the names' lengths; 0 for a head that is not kept.
        fileprivate var shape: UInt64 = 0
        /// Of the values that tell heads apart; 0 where it is not known which those are.
        fileprivate var hash: UInt64 = 0
    }

    private struct KnownLayout: Sendable, BitwiseCopyable {
        /// 0 where none is known.
        var shape: UInt64 = 0
        var layout = HeadLayout()
    }

    /// Two heads that share a place.
    private struct HeadSet: Sendable, BitwiseCopyable {
        /// The hashes of both; 0 where none is kept.
        var first: UInt64 = 0
        var second: UInt64 = 0
        /// Hashes that came lately and are not kept yet, the last one first.
        var pending: UInt64 = 0
        var earlierPending: UInt64 = 0
        /// The second is the one that was found last.
        var isSecondRecent = false
    }

    private struct Kept: Sendable, BitwiseCopyable {
        var circumstances = Circumstances(traits: [], transport: [], clientHello: 0)
        var free: UInt64 = 0
        var headHash: UInt32 = 0
        var textBytes: UInt16 = 0
        var fieldCount: UInt8 = 0
    }

    private static var setCount: Int { 256 }
    private static var layoutCount: Int { 256 }
    /// Longer heads are not kept.
    private static var maximumTextBytes: Int { 1_024 }
    private static var maximumFields: Int { 64 }

    /// What is known of parts of heads.
    var browsers = BrowserMemory()
    private var layouts: [KnownLayout]
    /// Shapes that came lately and whose layout is not known.
    private var pendingShapes: [UInt64]
    private var sets: [HeadSet]
    private var kept: [Kept]
    /// Of each head kept, what lies between the values that no rule reads.
    private var texts: [UInt8]

    package init() {
        layouts = Array(repeating: KnownLayout(), count: Self.layoutCount)
        pendingShapes = Array(repeating: 0, count: Self.layoutCount)
        sets = Array(repeating: HeadSet(), count: Self.setCount)
        kept = Array(repeating: Kept(), count: 2 * Self.setCount)
        texts = Array(repeating: 0, count: 2 * Self.setCount * Self.maximumTextBytes)
    }

    /// Forgets all of them: for another ruleset.
    package mutating func removeAll() {
        browsers.removeAll()
        for index in layouts.indices {
            layouts[index] = KnownLayout()
            pendingShapes[index] = 0
        }
        for index in sets.indices { sets[index] = HeadSet() }
    }

    // MARK: Finding

    /// Where a head would be kept.
    /// - Precondition: the fields lie within the head, each as a line of it; so for the others.
    @inline(__always)
    func place(
        of head: RawSpan, _ fields: Span<HeaderRange>, _ circumstances: Circumstances
    ) -> Place {
        guard fields.count > 0, fields.count <= Self.maximumFields else { return Place() }
        var shape = UInt64(fields.count)
        for index in 0..<fields.count {
            shape = (shape << 5 | shape >> 59) &+ UInt64(fields[index].nameCount)
        }
        shape = shape &* 0x9E37_79B9_7F4A_7C15 | 1
        var known = layouts[Self.layoutIndex(shape)]
        if known.shape != shape { known = layouts[Self.otherLayoutIndex(shape)] }
        guard known.shape == shape else { return Place(shape: shape) }
        var hash = shape ^ circumstances.clientHello
        hash ^= UInt64(circumstances.transport.rawValue) << 32
        hash ^= UInt64(circumstances.traits.rawValue) << 40
        let layout = known.layout
        if layout.agent >= 0 { hash ^= Self.sample(agent: fields[layout.agent].value, of: head) }
        for index in 0..<layout.sampledCount {
            let value = fields[layout[index]].value
            hash = (hash << 27 | hash >> 37) &+ Self.sample(value, of: head)
        }
        hash = (hash ^ hash >> 32) &* 0x9E37_79B9_7F4A_7C15
        return Place(shape: shape, hash: (hash ^ hash >> 29) | 1)
    }

    /// - Returns: ``RobotVerdict/headHash`` of a head in which no rule finds anything; nil for one
    ///   that is not kept.
    @inline(__always)
    mutating func find(
        _ head: RawSpan, _ fields: Span<HeaderRange>, _ circumstances: Circumstances,
        at place: Place
    ) -> UInt32? {
        guard place.hash != 0 else { return nil }
        let index = Self.setIndex(place.hash)
        let set = sets[index]
        let isSecond = set.second == place.hash
        guard isSecond || set.first == place.hash else { return nil }
        let number = 2 &* index &+ (isSecond ? 1 : 0)
        guard isKept(number, head, fields, circumstances) else { return nil }
        if set.isSecondRecent != isSecond { sets[index].isSecondRecent = isSecond }
        return kept[number].headHash
    }

    /// Whether a head is the one that is kept here, but for what no rule reads.
    ///
    /// A value ends where its line does, and the next line's name is compared again: so the same
    /// bytes between the same number of values are the same fields.
    @inline(__always)
    private func isKept(
        _ number: Int, _ head: RawSpan, _ fields: Span<HeaderRange>, _ circumstances: Circumstances
    ) -> Bool {
        let known = kept[number]
        guard Int(known.fieldCount) == fields.count, known.circumstances == circumstances else {
            return false
        }
        // Bytes are bytes: any pattern is one, and the span is as long as the array.
        let texts = unsafe self.texts.span.bytes
        var place = number &* Self.maximumTextBytes
        let end = place &+ Int(known.textBytes)
        var start = Int(fields[0].nameStart)
        var rest = known.free
        while rest != 0 {
            let value = fields[rest.trailingZeroBitCount]
            rest &= rest &- 1
            let count = Int(value.valueStart) &- start
            guard count >= 0, place &+ count <= end,
                head.isSame(from: start, count: count, as: texts, place)
            else { return false }
            place &+= count
            start = Int(value.valueStart) &+ Int(value.valueCount)
        }
        let count = fields[fields.count &- 1].value.range.upperBound &- start
        return count >= 0 && place &+ count == end
            && head.isSame(from: start, count: count, as: texts, place)
    }

    // MARK: Learning

    /// The layout of a head at a place is asked for: it has come twice, and is not known.
    mutating func asksForLayout(at place: Place) -> Bool {
        guard place.shape != 0, place.hash == 0 else { return false }
        let index = Self.layoutIndex(place.shape)
        let isPending = pendingShapes[index] == place.shape
        pendingShapes[index] = place.shape
        return isPending
    }

    /// The same of the head itself.
    mutating func asksForHead(at place: Place) -> Bool {
        guard place.hash != 0 else { return false }
        let index = Self.setIndex(place.hash)
        let set = sets[index]
        guard set.pending != place.hash, set.earlierPending != place.hash else { return true }
        sets[index].earlierPending = set.pending
        sets[index].pending = place.hash
        return false
    }

    mutating func learn(_ layout: HeadLayout, at place: Place) {
        let index = Self.layoutIndex(place.shape)
        let isFree = layouts[index].shape == 0
        layouts[isFree ? index : Self.otherLayoutIndex(place.shape)] = KnownLayout(
            shape: place.shape, layout: layout)
    }

    /// Keeps a head in which no rule finds anything.
    /// - Parameters:
    ///   - free: ``HeadLayout/free`` of this very head.
    ///   - headHash: as the verdict has it.
    mutating func learn(
        _ head: RawSpan, _ fields: Span<HeaderRange>, _ circumstances: Circumstances,
        free: UInt64, headHash: UInt32, at place: Place
    ) {
        let index = Self.setIndex(place.hash)
        // A head that is here and is another one, by the same hash, is replaced.
        let isSecond =
            sets[index].second == place.hash
            || (sets[index].first != place.hash && !sets[index].isSecondRecent)
        guard let count = Self.textBytes(of: fields, free: free) else { return }
        let number = 2 &* index &+ (isSecond ? 1 : 0)
        keep(head, fields, free: free, from: number &* Self.maximumTextBytes)
        kept[number] = Kept(
            circumstances: circumstances, free: free, headHash: headHash,
            textBytes: UInt16(count), fieldCount: UInt8(fields.count))
        if isSecond { sets[index].second = place.hash } else { sets[index].first = place.hash }
        sets[index].isSecondRecent = isSecond
    }

    /// - Returns: how many bytes are to be kept; nil for more than there is room for.
    private static func textBytes(of fields: Span<HeaderRange>, free: UInt64) -> Int? {
        var count = fields[fields.count - 1].value.range.upperBound - Int(fields[0].nameStart)
        for index in 0..<fields.count where free & 1 << UInt64(index) != 0 {
            count -= Int(fields[index].valueCount)
        }
        return count <= maximumTextBytes ? count : nil
    }

    /// Writes what ``isKept(_:_:_:_:)`` compares.
    private mutating func keep(
        _ head: RawSpan, _ fields: Span<HeaderRange>, free: UInt64, from first: Int
    ) {
        var place = first
        for index in 0..<fields.count {
            // A field's line up to its value, with the end of the line before; then the value.
            let start =
                index == 0
                ? Int(fields[0].nameStart) : fields[index - 1].value.range.upperBound
            let value = fields[index].value.range
            let end = free & 1 << UInt64(index) != 0 ? value.lowerBound : value.upperBound
            for at in start..<end {
                texts[place] = head.byte(at: at)
                place += 1
            }
        }
    }

    // MARK: Hashes

    @inline(__always)
    private static func layoutIndex(_ shape: UInt64) -> Int {
        Int(truncatingIfNeeded: shape >> 40) & (layoutCount &- 1)
    }

    /// Where it is if its first place is another's.
    @inline(__always)
    private static func otherLayoutIndex(_ shape: UInt64) -> Int {
        Int(truncatingIfNeeded: shape >> 52) & (layoutCount &- 1)
    }

    @inline(__always)
    private static func setIndex(_ hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash >> 40) & (setCount &- 1)
    }

    /// Some words of a value, by which one is told from another nearly always.
    @inline(__always)
    private static func sample(_ value: ByteRange, of head: RawSpan) -> UInt64 {
        // An origin's scheme says little, and a language's first letters all.
        let first =
            word(head, value, 0) &* 0xBF58_476D_1CE4_E5B9
            ^ word(head, value, 8) &* 0xC2B2_AE3D_27D4_EB4F
        let last = word(head, value, Int(value.count) &- 8) &* 0x94D0_49BB_1331_11EB
        return (first ^ last) &+ UInt64(value.count)
    }

    /// Of a `User-Agent`: the system, the device and the versions, too.
    @inline(__always)
    private static func sample(agent: ByteRange, of head: RawSpan) -> UInt64 {
        let count = Int(agent.count)
        let system =
            word(head, agent, 16) &* 0x9E37_79B9_7F4A_7C15
            ^ word(head, agent, 24) &* 0xC2B2_AE3D_27D4_EB4F
        let device =
            word(head, agent, 32) &* 0x1656_67B1_9E37_79F9
            ^ word(head, agent, count / 2) &* 0x85EB_CA77_C2B2_AE63
        let versions =
            word(head, agent, count &- 30) &* 0x27D4_EB2F_1656_67C5
            ^ word(head, agent, count &- 22) &* 0xFF51_AFD7_ED55_8CCD
        return sample(agent, of: head) ^ (system &+ device) ^ (versions >> 7)
    }

    /// Eight bytes at an offset of a value; of a short one, what there is.
    @inline(__always)
    private static func word(_ head: RawSpan, _ value: ByteRange, _ offset: Int) -> UInt64 {
        let bytes = value.range
        let at = max(min(bytes.lowerBound &+ offset, bytes.upperBound &- 8), bytes.lowerBound)
        return head.word(at: at, count: min(8, bytes.upperBound &- at))
    }
}

internal import Bytes

/// The tells of a ruleset and the marks of browsers, in one automaton.
struct SignatureMatcher: Sendable {
    /// What it means that a text was found.
    struct Target: Sendable, BitwiseCopyable {
        enum Role: UInt8, Sendable, BitwiseCopyable {
            case tell, excuse, mark
        }

        let role: Role
        let anchors: Tell.Anchors
        let count: UInt8
        /// The header in whose value it counts, by its number in the table of names.
        let header: UInt8
        /// The rule among those of the layer; of a mark, which.
        let rule: UInt8
        let tool: UInt16
    }

    private let automaton: TextAutomaton
    private let targets: [Target]

    /// - Parameter texts: the texts, each with what it means.
    init(_ texts: [(text: [UInt8], target: Target)]) {
        automaton = TextAutomaton(texts.map(\.text))
        targets = texts.map(\.target)
    }

    /// A value from this length on is looked through in four quarters at once.
    private static var longBytes: Int { 48 }

    /// Looks through one header's value.
    ///
    /// A state follows from the one before, so a step waits for a load. A long value is walked from
    /// four places at once, whose loads do not wait for each other; the first three go on into the
    /// next quarter for as long as what they are in the middle of began in their own. What two of
    /// them find is the same, and recorded once.
    /// - Precondition: `value` lies within the head.
    func scan(_ head: RawSpan, _ value: ByteRange, of header: UInt8, _ hits: inout SignatureHits) {
        let range = value.range
        precondition(range.upperBound <= head.byteCount, "reads within the span")
        guard range.count >= Self.longBytes else {
            walk(0, from: range.lowerBound, owning: 0, head, range, header, &hits)
            return
        }
        let columns = automaton.columns.span
        let next = automaton.next.span
        let firstEnding = automaton.firstEnding
        let quarter = range.count / 4
        let starts = InlineArray<4, Int> { range.lowerBound &+ $0 &* quarter }
        var one: UInt32 = 0
        var two: UInt32 = 0
        var three: UInt32 = 0
        var four: UInt32 = 0
        for offset in 0..<quarter {
            let bytes = unsafe (
                head.uncheckedByte(at: starts[0] &+ offset),
                head.uncheckedByte(at: starts[1] &+ offset),
                head.uncheckedByte(at: starts[2] &+ offset),
                head.uncheckedByte(at: starts[3] &+ offset)
            )
            one = next[Int(one &+ UInt32(columns[Int(bytes.0)]))]
            two = next[Int(two &+ UInt32(columns[Int(bytes.1)]))]
            three = next[Int(three &+ UInt32(columns[Int(bytes.2)]))]
            four = next[Int(four &+ UInt32(columns[Int(bytes.3)]))]
            guard max(max(one, two), max(three, four)) >= firstEnding else { continue }
            let end = offset &+ 1
            if one >= firstEnding {
                report(one, endingAt: starts[0] &+ end, head, range, header, &hits)
            }
            if two >= firstEnding {
                report(two, endingAt: starts[1] &+ end, head, range, header, &hits)
            }
            if three >= firstEnding {
                report(three, endingAt: starts[2] &+ end, head, range, header, &hits)
            }
            if four >= firstEnding {
                report(four, endingAt: starts[3] &+ end, head, range, header, &hits)
            }
        }
        walk(one, from: starts[1], owning: starts[1], head, range, header, &hits)
        walk(two, from: starts[2], owning: starts[2], head, range, header, &hits)
        walk(three, from: starts[3], owning: starts[3], head, range, header, &hits)
        walk(four, from: starts[3] &+ quarter, owning: 0, head, range, header, &hits)
    }

    /// Goes on from a state, to the value's end or to where the text that the state is in the
    /// middle of begins at `border` or behind it: who began there finds the rest.
    /// - Parameter border: 0 to go on to the end.
    private func walk(
        _ state: UInt32, from start: Int, owning border: Int, _ head: RawSpan,
        _ range: Range<Int>, _ header: UInt8, _ hits: inout SignatureHits
    ) {
        let columns = automaton.columns.span
        let next = automaton.next.span
        let firstEnding = automaton.firstEnding
        var state = state
        var at = start
        while at < range.upperBound {
            if border > 0, at &- automaton.depth(of: state) >= border { return }
            // In bounds: the caller has checked the range.
            let byte = unsafe head.uncheckedByte(at: at)
            state = next[Int(state &+ UInt32(columns[Int(byte)]))]
            at &+= 1
            if state >= firstEnding { report(state, endingAt: at, head, range, header, &hits) }
        }
    }

    /// Away from the loop: most bytes of most values end nothing.
    @inline(never)
    private func report(
        _ state: UInt32, endingAt end: Int, _ head: RawSpan, _ range: Range<Int>, _ header: UInt8,
        _ hits: inout SignatureHits
    ) {
        let targets = self.targets.span
        for place in automaton.endingRange(of: state) {
            let target = targets[Int(automaton.ending(place))]
            guard target.header == header else { continue }
            let start = end &- Int(target.count)
            guard Self.holds(target.anchors, start, end, head, range) else { continue }
            switch target.role {
            case .mark: hits.marks.record(target.rule, endingAt: end)
            case .excuse: hits.excuse(target.rule)
            case .tell:
                hits.record(
                    SignatureHit(
                        rule: target.rule, tool: target.tool, observed: ByteRange(start..<end)))
            }
        }
    }

    @inline(__always)
    private static func holds(
        _ anchors: Tell.Anchors, _ start: Int, _ end: Int, _ head: RawSpan, _ range: Range<Int>
    ) -> Bool {
        if anchors.isEmpty { return true }
        let isStart = start == range.lowerBound
        let isEnd = end == range.upperBound
        if anchors.contains(.start), !isStart { return false }
        if anchors.contains(.end), !isEnd { return false }
        if anchors.contains(.wordStart), !isStart, isLetter(head.byte(at: start &- 1)) {
            return false
        }
        if anchors.contains(.wordEnd), !isEnd, isLetter(head.byte(at: end)) { return false }
        return true
    }
}

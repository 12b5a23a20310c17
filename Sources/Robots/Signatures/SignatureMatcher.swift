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

    /// Looks through one header's value.
    /// - Precondition: `value` lies within the head.
    func scan(_ head: RawSpan, _ value: ByteRange, of header: UInt8, _ hits: inout SignatureHits) {
        let range = value.range
        precondition(range.upperBound <= head.byteCount, "reads within the span")
        let columns = automaton.columns.span
        let next = automaton.next.span
        let firstEnding = automaton.firstEnding
        var state: UInt32 = 0
        var at = range.lowerBound
        while at < range.upperBound {
            // In bounds: checked above.
            let byte = unsafe head.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self)
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

/// A regular expression over decimal digits, of the kind that telephone metadata is written in:
/// digits, `\d`, `[2-57]`, groups, `|`, `?`, `{n}`, `{n,m}`, and `$`.
///
/// Compiled to a few instructions, and matched with backtracking, the first alternative first: as
/// Java's and Python's engines match, which the metadata was written for. No pattern repeats what
/// repeats, and numbers are short, so it ends soon.
struct DigitPattern: Sendable {
    private enum Instruction: Sendable {
        /// One of these digits, a bit for each.
        case digit(UInt16)
        /// Goes on behind the first offset, or else behind the second one.
        case split(Int, Int)
        case jump(Int)
        case mark(Int)
        case end
    }

    /// Where the captured groups begin and end.
    struct Groups: Sendable, BitwiseCopyable {
        private var marks = InlineArray<16, Int>(repeating: -1)

        /// What group `number` holds, from 1; `nil` if it took no part.
        func range(_ number: Int) -> Range<Int>? {
            guard number > 0, number < DigitPattern.maximumGroups else { return nil }
            let (start, end) = (marks[2 * number], marks[2 * number + 1])
            return start >= 0 && end >= start ? start..<end : nil
        }

        fileprivate mutating func set(_ mark: Int, to place: Int) { marks[mark] = place }
    }

    private static var maximumGroups: Int { 8 }

    private var program: [Instruction] = []
    /// Groups that capture.
    private(set) var groupCount = 0

    /// - Parameter text: of the generated table.
    /// - Precondition: it is of the kind above.
    init(_ text: String) {
        var rest = Array(text.utf8)[...]
        compileAlternatives(&rest)
        precondition(rest.isEmpty, "a pattern of digits")
    }

    // MARK: Matching

    /// Where a match from the first digit on ends; `nil` if there is none.
    func prefixEnd(of digits: DigitString, _ groups: inout Groups) -> Int? {
        run(0, 0, digits, isWhole: false, &groups)
    }

    func matchesWhole(_ digits: DigitString) -> Bool {
        var groups = Groups()
        return run(0, 0, digits, isWhole: true, &groups) != nil
    }

    private func run(
        _ start: Int, _ from: Int, _ digits: DigitString, isWhole: Bool, _ groups: inout Groups
    ) -> Int? {
        var (place, at) = (start, from)
        while place < program.count {
            switch program[place] {
            case .digit(let set):
                guard at < digits.count, set & 1 << UInt16(digits[at]) != 0 else { return nil }
                at += 1
                place += 1
            case .split(let first, let second):
                var tried = groups
                if let end = run(place + first, at, digits, isWhole: isWhole, &tried) {
                    groups = tried
                    return end
                }
                place += second
            case .jump(let length): place += length
            case .mark(let mark):
                groups.set(mark, to: at)
                place += 1
            case .end:
                guard at == digits.count else { return nil }
                place += 1
            }
        }
        return isWhole && at < digits.count ? nil : at
    }

    // MARK: Compiling

    private mutating func compileAlternatives(_ rest: inout ArraySlice<UInt8>) {
        let start = program.count
        compileSequence(&rest)
        guard rest.first == UInt8(ascii: "|") else { return }
        rest.removeFirst()
        let length = program.count - start
        // Over the jump behind this alternative.
        program.insert(.split(1, length + 2), at: start)
        let jump = program.count
        program.append(.jump(0))
        compileAlternatives(&rest)
        program[jump] = .jump(program.count - jump)
    }

    private mutating func compileSequence(_ rest: inout ArraySlice<UInt8>) {
        while let byte = rest.first, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
            let start = program.count
            compileAtom(&rest)
            compileRepetition(of: start, &rest)
        }
    }

    private mutating func compileAtom(_ rest: inout ArraySlice<UInt8>) {
        let byte = rest.removeFirst()
        switch byte {
        case UInt8(ascii: "("): compileGroup(&rest)
        case UInt8(ascii: "["): program.append(.digit(Self.set(&rest)))
        case UInt8(ascii: "$"): program.append(.end)
        case UInt8(ascii: "\\"):
            let name = rest.popFirst()
            precondition(name == UInt8(ascii: "d"), "the only class is that of digits")
            program.append(.digit(0x3FF))
        default: program.append(.digit(1 << UInt16(Self.digit(byte))))
        }
    }

    private mutating func compileGroup(_ rest: inout ArraySlice<UInt8>) {
        var number: Int?
        if rest.first == UInt8(ascii: "?") {
            precondition(rest.dropFirst().first == UInt8(ascii: ":"), "no group looks ahead")
            rest.removeFirst(2)
        } else {
            groupCount += 1
            precondition(groupCount < Self.maximumGroups, "few groups")
            number = groupCount
        }
        if let number { program.append(.mark(2 * number)) }
        compileAlternatives(&rest)
        let end = rest.popFirst()
        precondition(end == UInt8(ascii: ")"), "a group ends")
        if let number { program.append(.mark(2 * number + 1)) }
    }

    /// The digits of `[2-57]`, behind its first bracket.
    private static func set(_ rest: inout ArraySlice<UInt8>) -> UInt16 {
        var set: UInt16 = 0
        while let byte = rest.popFirst(), byte != UInt8(ascii: "]") {
            let first = digit(byte)
            var last = first
            if rest.first == UInt8(ascii: "-") {
                rest.removeFirst()
                last = digit(rest.popFirst() ?? 0)
            }
            precondition(first <= last, "a range ascends")
            for digit in first...last { set |= 1 << UInt16(digit) }
        }
        return set
    }

    private static func digit(_ byte: UInt8) -> UInt8 {
        precondition(byte &- 0x30 < 10, "a pattern is of digits")
        return byte &- 0x30
    }

    /// `?`, `{n}` and `{n,m}` behind what was compiled from `start` on.
    private mutating func compileRepetition(of start: Int, _ rest: inout ArraySlice<UInt8>) {
        let block = Array(program[start...])
        if rest.first == UInt8(ascii: "?") {
            rest.removeFirst()
            program.insert(.split(1, block.count + 1), at: start)
        } else if rest.first == UInt8(ascii: "{") {
            rest.removeFirst()
            let least = Self.number(&rest)
            var most = least
            if rest.first == UInt8(ascii: ",") {
                rest.removeFirst()
                most = Self.number(&rest)
            }
            let end = rest.popFirst()
            precondition(end == UInt8(ascii: "}") && least <= most, "a count ends")
            program.removeSubrange(start...)
            for _ in 0..<least { program += block }
            for left in stride(from: most - least, to: 0, by: -1) {
                program.append(.split(1, left * (block.count + 1)))
                program += block
            }
        }
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) -> Int {
        var number = 0
        while let byte = rest.first, byte &- 0x30 < 10 {
            number = number * 10 + Int(byte &- 0x30)
            rest.removeFirst()
        }
        return number
    }
}

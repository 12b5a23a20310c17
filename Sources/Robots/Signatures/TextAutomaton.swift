/// Finds all of a set of texts in one pass, whatever their number (Aho and Corasick 1975), in
/// either case of letters.
///
/// Compiled once into flat tables: a row of the next states for each state, a column for each byte
/// that is in any text and one for all others. A state is its row's offset, so a step is one
/// addition and one load; the states in which a text ends come last, so that asking is one
/// comparison.
struct TextAutomaton: Sendable {
    /// The column of each byte.
    let columns: [UInt8]
    /// The next state, by state plus column.
    let next: [UInt32]
    /// The first state in which a text ends.
    let firstEnding: UInt32
    /// Row offsets are shifted by this to number the states.
    private let rowShift: UInt32
    /// By state's number: how many bytes of a text it is in the middle of.
    private let depths: [UInt8]
    /// Where the texts of each ending state begin in ``endings``, and one more.
    private let endingStarts: [UInt32]
    /// Indices of texts.
    private let endings: [UInt16]

    /// - Parameter texts: in lower case, none empty, of 255 bytes at most; at most 65,535.
    init(_ texts: [[UInt8]]) {
        let builder = Builder(texts)
        columns = builder.columns
        rowShift = UInt32(builder.columnCount.trailingZeroBitCount)
        let order = builder.order
        var numbers = [UInt32](repeating: 0, count: order.count)
        for (number, node) in order.enumerated() { numbers[node] = UInt32(number) << rowShift }
        next = order.flatMap { node in
            builder.rows[node].map { numbers[Int($0)] }
        }
        depths = order.map { builder.depths[$0] }
        let quiet = order.prefix { builder.endings[$0].isEmpty }.count
        firstEnding = UInt32(quiet) << rowShift
        var starts: [UInt32] = []
        var all: [UInt16] = []
        for node in order.dropFirst(quiet) {
            starts.append(UInt32(all.count))
            all += builder.endings[node]
        }
        endingStarts = starts + [UInt32(all.count)]
        endings = all
    }

    /// The texts that end in a state, as places in ``ending(_:)``.
    /// - Precondition: the state is ``firstEnding`` or above.
    @inline(__always)
    func endingRange(of state: UInt32) -> Range<Int> {
        let index = Int((state &- firstEnding) >> rowShift)
        return Int(endingStarts[index])..<Int(endingStarts[index + 1])
    }

    @inline(__always)
    func ending(_ place: Int) -> UInt16 { endings[place] }

    /// How many of the bytes before are the beginning of a text: the most of any.
    @inline(__always)
    func depth(of state: UInt32) -> Int { Int(depths[Int(state >> rowShift)]) }
}

/// The tree of the texts with its links, before it becomes tables.
private struct Builder {
    var columns = [UInt8](repeating: 0, count: 256)
    /// A power of two.
    let columnCount: Int
    /// By node: its next nodes.
    var rows: [[Int32]] = []
    /// By node: the texts that end there, the node's own and those of its suffixes.
    var endings: [[UInt16]] = []
    /// By node: its distance from the root.
    var depths: [UInt8] = []
    /// The nodes as states: those in which no text ends first, the root before all.
    var order: [Int] = []

    init(_ texts: [[UInt8]]) {
        var used = Set(texts.joined())
        used.remove(0)
        for (column, byte) in used.sorted().enumerated() {
            columns[Int(byte)] = UInt8(column + 1)
            if byte &- 0x61 < 26 { columns[Int(byte & 0xDF)] = UInt8(column + 1) }
        }
        var count = 2
        while count < used.count + 1 { count *= 2 }
        columnCount = count
        addNode(depth: 0)
        for (index, text) in texts.enumerated() { add(text, UInt16(index)) }
        link()
        let indices = Array(rows.indices)
        order = indices.filter { endings[$0].isEmpty } + indices.filter { !endings[$0].isEmpty }
    }

    private mutating func addNode(depth: UInt8) {
        rows.append([Int32](repeating: -1, count: columnCount))
        endings.append([])
        depths.append(depth)
    }

    private mutating func add(_ text: [UInt8], _ index: UInt16) {
        precondition(!text.isEmpty, "an empty text is everywhere")
        var node = 0
        for byte in text {
            let column = Int(columns[Int(byte)])
            if rows[node][column] < 0 {
                rows[node][column] = Int32(rows.count)
                addNode(depth: depths[node] + 1)
            }
            node = Int(rows[node][column])
        }
        endings[node].append(index)
    }

    /// Breadth first, so that a node's longest suffix is finished before the node.
    private mutating func link() {
        var suffixes = [Int](repeating: 0, count: rows.count)
        var queue: [Int] = [0]
        var at = 0
        while at < queue.count {
            let node = queue[at]
            at += 1
            for column in 0..<columnCount {
                let behind = node == 0 ? 0 : rows[suffixes[node]][column]
                let child = rows[node][column]
                guard child >= 0 else {
                    rows[node][column] = behind
                    continue
                }
                suffixes[Int(child)] = Int(behind)
                endings[Int(child)] += endings[Int(behind)]
                queue.append(Int(child))
            }
        }
    }
}

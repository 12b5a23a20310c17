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
        let rows = builder.rows(of: numbers)
        next = order.flatMap { rows[$0] }
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
    /// By node: those that one more byte of a text leads to, with the byte's column.
    private var children: [[(column: Int, node: Int)]] = []
    /// By node: the one of the longest beginning of a text that it ends with.
    private var suffixes: [Int] = []
    /// The nodes by depth: a node's suffix comes before it.
    private var nodes = [0]
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
        let indices = Array(children.indices)
        order = indices.filter { endings[$0].isEmpty } + indices.filter { !endings[$0].isEmpty }
    }

    private mutating func addNode(depth: UInt8) {
        children.append([])
        endings.append([])
        depths.append(depth)
    }

    private func child(of node: Int, at column: Int) -> Int? {
        children[node].first { $0.column == column }?.node
    }

    private mutating func add(_ text: [UInt8], _ index: UInt16) {
        precondition(!text.isEmpty, "an empty text is everywhere")
        var node = 0
        for byte in text {
            let column = Int(columns[Int(byte)])
            if let next = child(of: node, at: column) {
                node = next
                continue
            }
            let next = children.count
            children[node].append((column, next))
            addNode(depth: depths[node] + 1)
            node = next
        }
        endings[node].append(index)
    }

    /// Breadth first, so that a node's longest suffix is finished before the node.
    private mutating func link() {
        suffixes = Array(repeating: 0, count: children.count)
        var at = 0
        while at < nodes.count {
            let node = nodes[at]
            at += 1
            for (column, child) in children[node] {
                suffixes[child] = node == 0 ? 0 : step(from: suffixes[node], at: column)
                endings[child] += endings[suffixes[child]]
                nodes.append(child)
            }
        }
    }

    /// Where a byte leads from a node that is finished.
    private func step(from node: Int, at column: Int) -> Int {
        var node = node
        while true {
            if let next = child(of: node, at: column) { return next }
            if node == 0 { return 0 }
            node = suffixes[node]
        }
    }

    /// By node: the states that each column leads to. A row is its suffix's, but for the children.
    func rows(of states: [UInt32]) -> [[UInt32]] {
        var rows = [[UInt32]](repeating: [], count: children.count)
        for node in nodes {
            var row =
                node == 0
                ? [UInt32](repeating: states[0], count: columnCount) : rows[suffixes[node]]
            for (column, child) in children[node] { row[column] = states[child] }
            rows[node] = row
        }
        return rows
    }
}

internal import Bytes
internal import Cryptography

/// Which pages of a tree stay as they are when it changes, and which nodes new ones hold.
struct PagePlan {
    enum Part: Equatable {
        case kept(PageTable.Page)
        /// Nodes of the new tree, by their places in it.
        case new(Range<Int>)
    }

    private(set) var parts: [Part] = []

    /// - Parameters:
    ///   - new: the new tree's nodes, as ``OperationSecrets`` encodes them.
    ///   - old: the old tree's.
    ///   - table: the pages of the old one; nil where it has none.
    init(_ new: RawSpan, over old: RawSpan, in table: PageTable?) {
        let count = new.byteCount / OperationSecrets.nodeBytes
        let pages = table?.pages ?? []
        // Nodes that stand side by side and are not in a page that stays.
        var run = 0..<0
        var (place, oldPlace) = (0, 0)
        for (index, page) in pages.enumerated() {
            let end = index + 1 < pages.count ? pages[index + 1].firstLeaf : KeyNode.leafCount
            let start = place
            while place < count, Self.firstLeaf(place, in: new) < end { place += 1 }
            let oldNodes = Self.nodes(oldPlace..<oldPlace + page.nodes, of: old)
            oldPlace += page.nodes
            if Self.nodes(start..<place, of: new).equals(oldNodes) {
                appendPages(of: run)
                parts.append(.kept(page))
                run = place..<place
            } else {
                run = run.lowerBound..<place
            }
        }
        appendPages(of: run.lowerBound..<count)
        // Forgetting whole ranges leaves pages almost empty: all are written anew.
        guard parts.count > 2 * Self.pageCount(of: count) + 8 else { return }
        parts = []
        appendPages(of: 0..<count)
    }

    private mutating func appendPages(of nodes: Range<Int>) {
        guard !nodes.isEmpty else { return }
        let pages = Self.pageCount(of: nodes.count)
        for page in 0..<pages {
            let start = nodes.lowerBound + nodes.count * page / pages
            parts.append(.new(start..<nodes.lowerBound + nodes.count * (page + 1) / pages))
        }
    }

    private static func pageCount(of nodes: Int) -> Int {
        (nodes + PageTable.pageNodes - 1) / PageTable.pageNodes
    }

    // MARK: Nodes

    /// Some of the nodes, as they are encoded.
    @_lifetime(copy bytes)
    static func nodes(_ places: Range<Int>, of bytes: RawSpan) -> RawSpan {
        let size = OperationSecrets.nodeBytes
        return bytes.extracting(places.lowerBound * size..<places.upperBound * size)
    }

    static func firstLeaf(_ place: Int, in nodes: RawSpan) -> UInt64 {
        var reader = ByteReader(Self.nodes(place..<place + 1, of: nodes))
        // Forty bytes hold eight.
        guard let code = try? reader.read(UInt64.self), let node = KeyNode(code: code) else {
            preconditionFailure("a tree that was decoded, or made here, has nodes")
        }
        return node.leaves.lowerBound
    }
}

internal import Bytes

/// A JSON text (RFC 8259, nothing more and nothing less) as a tape of nodes in the order of the
/// text, reused from one document to the next.
///
/// An object's node is followed by its members, key and value in turn; an array's by its elements.
/// `node(0)` is the root:
///
///     {"a":[1,2],"b":null}     0 object  next 7     4 number  next 5
///                              1 string  next 2     5 string  next 6
///                              2 array   next 5     6 null    next 7
///                              3 number  next 4
///
/// Beyond the grammar: at most 32 levels of objects and arrays; no key twice in one object, escapes
/// decoded; strings are well-formed Unicode. Numbers are checked, not converted.
package struct JSONDocument: ~Copyable {
    /// Levels of objects and arrays.
    package static var depthLimit: Int { 32 }
    /// Bytes of a text: offsets are kept in 32 bits.
    package static var textLimit: Int { 1 << 30 }

    /// The tape; grows when a document has more nodes than any before.
    var nodes: [JSONNode] = []
    /// Keys of the objects that are too large to compare key by key.
    var keys: JSONKeyTable

    /// - Parameter nodeCapacity: values and keys that a document may have before parsing allocates.
    package init(nodeCapacity: Int) {
        self.init(nodeCapacity: nodeCapacity, hashKey: .random)
    }

    init(nodeCapacity: Int, hashKey: SipHash.Key) {
        precondition(nodeCapacity >= 0, "a capacity is not negative")
        nodes.reserveCapacity(nodeCapacity)
        keys = JSONKeyTable(nodeCapacity: nodeCapacity, hashKey: hashKey)
    }

    /// Nodes of the document; 0 before the first and after a failure.
    package var nodeCount: Int { nodes.count }

    /// The node at a place in the tape.
    /// - Precondition: `index` is in `0..<nodeCount`.
    package func node(_ index: Int) -> JSONNode { nodes[index] }

    /// Reads a text from its first byte to its last; what was read before is forgotten.
    ///
    /// - Returns: nil if it is a JSON text; else why not, and the document is empty.
    /// - Complexity: linear in the text, whatever keys it has. Allocates only where the document
    ///   has more nodes than were reserved.
    package mutating func parse(_ bytes: RawSpan) -> JSONError? {
        nodes.removeAll(keepingCapacity: true)
        keys.removeAll()
        guard bytes.byteCount <= Self.textLimit else {
            return JSONError(.tooLong, at: Self.textLimit)
        }
        do throws(JSONError) {
            try read(bytes)
            return nil
        } catch {
            nodes.removeAll(keepingCapacity: true)
            return error
        }
    }

    /// Index of the value of an object's member.
    /// - Parameters:
    ///   - object: index of the object's node.
    ///   - name: the key, in UTF-8.
    ///   - bytes: the text that was parsed.
    /// - Returns: nil without such a member, or if the node is no object.
    package func member(_ name: StaticString, of object: Int, in bytes: RawSpan) -> Int? {
        let parent = nodes[object]
        guard parent.kind == .object else { return nil }
        var index = object + 1
        while index < Int(parent.next) {
            if string(nodes[index], equals: name, in: bytes) { return index + 1 }
            index = Int(nodes[index + 1].next)
        }
        return nil
    }
}

internal import Bytes

/// Finds the key that an object has twice, in a time that no choice of keys makes quadratic.
///
/// A key is compared with the keys before it, one by one, in the objects that people send. From
/// the 17th on, an object's keys go into a hash table with a secret key. One table serves all
/// objects of a document: the object's index is hashed with the key, and nothing is taken out.
struct JSONKeyTable: ~Copyable {
    /// Keys of an object that are compared one by one.
    static var linearLimit: Int { 16 }

    struct Slot: BitwiseCopyable {
        var hash: UInt64 = 0
        var object: UInt32 = 0
        var key: UInt32 = 0
        /// The document that filled the slot; a slot of another one is free.
        var document: UInt64 = 0
    }

    let hashKey: SipHash.Key
    /// A power of two of them, at least twice as many as there are keys.
    var slots: [Slot]
    /// Slots filled for the document in progress.
    var count = 0
    /// Never reaches its end: at a billion documents a second it lasts five hundred years.
    var document: UInt64 = 1
    /// Pairs of keys compared, and slots looked at, since the start: what the tests bound.
    var work = 0

    init(nodeCapacity: Int, hashKey: SipHash.Key) {
        self.hashKey = hashKey
        var size = 64
        // Every second node at most is a key.
        while size < nodeCapacity { size *= 2 }
        slots = Array(repeating: Slot(), count: size)
    }

    mutating func removeAll() {
        document += 1
        count = 0
    }

    /// Whether an object has a key already.
    /// - Parameters:
    ///   - key: the key's index on the tape; its value is not there yet.
    ///   - keysBefore: how many keys the object has before it.
    ///   - object: the object's index.
    mutating func isRepeated(
        _ key: Int, keysBefore: Int, in object: Int, _ nodes: borrowing [JSONNode],
        _ bytes: RawSpan
    ) -> Bool {
        if keysBefore > Self.linearLimit {
            return !insert(key, of: object, nodes, bytes)
        }
        let isFull = keysBefore == Self.linearLimit
        var other = object + 1
        while other < key {
            work &+= 1
            if JSONString.equal(nodes[key], nodes[other], in: bytes) { return true }
            if isFull { _ = insert(other, of: object, nodes, bytes) }
            other = Int(nodes[other + 1].next)
        }
        if isFull { _ = insert(key, of: object, nodes, bytes) }
        return false
    }

    /// - Returns: false if the object has that key already.
    private mutating func insert(
        _ key: Int, of object: Int, _ nodes: borrowing [JSONNode], _ bytes: RawSpan
    ) -> Bool {
        if (count + 1) * 2 > slots.count { grow() }
        let node = nodes[key]
        let hash = JSONString.hash(node, object: object, in: bytes, hashKey)
        var index = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[index].document == document {
            work &+= 1
            let slot = slots[index]
            if slot.hash == hash, Int(slot.object) == object,
                JSONString.equal(nodes[Int(slot.key)], node, in: bytes)
            {
                return false
            }
            index = (index + 1) & (slots.count - 1)
        }
        slots[index] = Slot(
            hash: hash, object: UInt32(object), key: UInt32(key), document: document)
        count += 1
        return true
    }

    private mutating func grow() {
        var larger = [Slot](repeating: Slot(), count: slots.count * 2)
        let mask = larger.count - 1
        for slot in slots where slot.document == document {
            var index = Int(truncatingIfNeeded: slot.hash) & mask
            while larger[index].document == document { index = (index + 1) & mask }
            larger[index] = slot
        }
        slots = larger
    }
}

internal import Bytes

/// A transaction of etcd (`TxnRequest`), written as it is put together: `if` all compares hold,
/// `then` some operations, `else` others, at one revision.
struct EtcdTransaction: ~Copyable {
    private var buffer: ByteBuffer

    /// - Parameter capacity: bytes that it will take, about.
    init(capacity: Int = 512) {
        buffer = ByteBuffer(capacity: capacity)
    }

    var bytes: RawSpan {
        @_lifetime(borrow self)
        get { buffer.bytes }
    }

    // MARK: Compares

    /// The key does not exist: never put, or deleted.
    mutating func require(absent key: [UInt8]) {
        let compare = beginCompare(key, result: 0, target: 1)
        buffer.appendField(5, varint: 0)
        buffer.endMessage(compare)
    }

    /// The key exists.
    mutating func require(present key: [UInt8]) {
        let compare = beginCompare(key, result: 1, target: 1)
        buffer.appendField(5, varint: 0)
        buffer.endMessage(compare)
    }

    mutating func require(_ key: [UInt8], equals value: [UInt8]) {
        let compare = beginCompare(key, result: 0, target: 3)
        buffer.appendField(7, bytes: value)
        buffer.endMessage(compare)
    }

    /// The key exists, and its value comes before this one, byte by byte.
    mutating func require(_ key: [UInt8], isBelow value: [UInt8]) {
        let compare = beginCompare(key, result: 2, target: 3)
        buffer.appendField(7, bytes: value)
        buffer.endMessage(compare)
    }

    private mutating func beginCompare(_ key: [UInt8], result: UInt64, target: UInt64) -> Int {
        let compare = buffer.beginMessage(1)
        buffer.appendField(1, varint: result)
        buffer.appendField(2, varint: target)
        buffer.appendField(3, bytes: key)
        return compare
    }

    // MARK: Operations

    enum Branch: UInt64 {
        case then = 2
        case otherwise = 3
    }

    mutating func put(_ key: [UInt8], _ value: RawSpan, _ branch: Branch = .then) {
        let operation = buffer.beginMessage(branch.rawValue)
        let put = buffer.beginMessage(2)
        buffer.appendField(1, bytes: key)
        buffer.appendField(2, bytes: value)
        buffer.endMessage(put)
        buffer.endMessage(operation)
    }

    mutating func put(_ key: [UInt8], _ value: [UInt8], _ branch: Branch = .then) {
        unsafe put(key, value.span.bytes, branch)
    }

    mutating func get(_ key: [UInt8], _ branch: Branch) {
        get(from: key, below: nil, limit: 0, branch)
    }

    /// All keys of a range, in their order, up to `limit` of them; 0 for no limit.
    /// - Parameter keysOnly: without their values.
    mutating func get(
        from key: [UInt8], below end: [UInt8]?, limit: UInt64, keysOnly: Bool = false,
        _ branch: Branch
    ) {
        let operation = buffer.beginMessage(branch.rawValue)
        let get = buffer.beginMessage(1)
        buffer.appendField(1, bytes: key)
        if let end { buffer.appendField(2, bytes: end) }
        if limit > 0 { buffer.appendField(3, varint: limit) }
        if keysOnly { buffer.appendField(8, varint: 1) }
        buffer.endMessage(get)
        buffer.endMessage(operation)
    }

    mutating func delete(from key: [UInt8], below end: [UInt8]?, _ branch: Branch = .then) {
        let operation = buffer.beginMessage(branch.rawValue)
        let delete = buffer.beginMessage(3)
        buffer.appendField(1, bytes: key)
        if let end { buffer.appendField(2, bytes: end) }
        buffer.endMessage(delete)
        buffer.endMessage(operation)
    }
}

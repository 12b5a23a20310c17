internal import Bytes
internal import Cryptography

/// A worker's own index of operations and front-end keys; it changes only between requests, by
/// the messages that the worker handles. Looking something up neither allocates nor copies.
struct Directory: ~Copyable {
    /// By the operation's index in the ledger; nil until its message is handled.
    private var operations: ContiguousArray<OperationProfile?> = []
    /// The operations' names, end to end, and where each lies: compared without a `String`.
    private var names = ByteBuffer(capacity: 1 << 10)
    private var nameRanges: ContiguousArray<ByteRange> = []
    private var operationSlots = HashSlots()
    /// By the key's index in the ledger; nil until its message is handled.
    private var keys: ContiguousArray<DirectoryKey?> = []
    private var keySlots = HashSlots()
    /// By the permit's index in the ledger; nil until its message is handled.
    private var permits: ContiguousArray<PermitProfile?> = []

    // MARK: Reading

    /// The operation with this name, if there is one.
    func operation(named name: RawSpan) -> OperationProfile? {
        let hash = Self.hash(name)
        var position = operationSlots.start(of: hash)
        while let candidate = operationSlots.next(hash, from: &position) {
            let range = nameRanges[Int(candidate)].range
            if names.bytes.extracting(range).equals(name) { return operations[Int(candidate)] }
        }
        return nil
    }

    /// The operation with this index, if its message has come.
    func operation(_ index: UInt32) -> OperationProfile? {
        Int(index) < operations.count ? operations[Int(index)] : nil
    }

    /// The key with this digest, if there is one.
    ///
    /// The digests are compared in constant time. Which slot is looked at follows from the digest,
    /// and a digest tells nothing of a key that could be guessed byte by byte.
    func key(digest: SHA256Digest) -> DirectoryKey? {
        let hash = digest.leadingWord
        var position = keySlots.start(of: hash)
        while let candidate = keySlots.next(hash, from: &position) {
            if let key = keys[Int(candidate)], key.digest.equalsInConstantTime(digest) {
                return key
            }
        }
        return nil
    }

    /// The key with this index, if its message has come.
    func key(_ index: UInt32) -> DirectoryKey? {
        Int(index) < keys.count ? keys[Int(index)] : nil
    }

    /// The permit with this index, if its message has come.
    func permit(_ index: UInt32) -> PermitProfile? {
        Int(index) < permits.count ? permits[Int(index)] : nil
    }

    // MARK: Changing

    mutating func update(_ profile: OperationProfile) {
        let index = Int(profile.index)
        while operations.count <= index {
            operations.append(nil)
            nameRanges.append(ByteRange())
        }
        if operations[index] == nil {
            let start = names.count
            names.append(profile.id)
            nameRanges[index] = ByteRange(start..<names.count)
            let hash = Self.hash(names.bytes.extracting(start..<names.count))
            operationSlots.insert(profile.index, hash: hash)
        }
        operations[index] = profile
    }

    /// Takes name and keys from an operation that is no more, the name for its successor or for
    /// nobody. The rest stays: answers of entries that it took may be on their way.
    /// - Parameter rest: the operation, with keys that are of no use.
    mutating func retire(
        _ rest: OperationProfile, successor: OperationProfile?, keys: [DirectoryKey]
    ) {
        let index = Int(rest.index)
        // An empty name is not found in this slot: its hash is another one.
        if index < nameRanges.count {
            nameRanges[index] = ByteRange()
            operations[index] = rest
        }
        if let successor { update(successor) }
        for key in keys { update(key) }
    }

    mutating func update(_ key: DirectoryKey) {
        while keys.count <= Int(key.index) { keys.append(nil) }
        if keys[Int(key.index)] == nil {
            keySlots.insert(key.index, hash: key.digest.leadingWord)
        }
        keys[Int(key.index)] = key
    }

    mutating func update(_ permit: PermitProfile) {
        let index = Int(permit.token.index)
        while permits.count <= index { permits.append(nil) }
        permits[index] = permit
    }

    /// FNV-1a: operations are named by the operator, who has no reason to attack the table.
    private static func hash(_ name: RawSpan) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for offset in 0..<name.byteCount {
            hash = (hash ^ UInt64(name[offset])) &* 0x100_0000_01B3
        }
        return hash
    }
}

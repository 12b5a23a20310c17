internal import Bytes
internal import Cryptography

/// A vault's secrets in the key space of a cluster's engine, wrapped as in files:
///
/// - `keys/ID` for each operation: what its file would hold; or, of a tree of more than
///   ``PageTable/pageNodes`` nodes, `PORTTREE` and a ``PageTable``, wrapped for the id;
/// - `pages/ID/NUMBER`, sixteen hexadecimal digits: `PORTPAGE` and the nodes of a page, wrapped for
///   `ID/NUMBER`;
/// - `webhooks/ID` and `leaves`: what their files would hold;
/// - `master`: ``MasterKey/check(_:)``.
///
/// What has been forgotten is gone in this order: new pages are put, the head is replaced (from
/// here on the new tree counts, on every node), pages that no head names are removed, and the
/// engine is told to forget all that was replaced or removed. A process that ends before that has
/// given no answer; the next owner goes on when it opens the space.
final class SecretSpace: SecretStore {
    private let space: any KeySpace
    private var wrapped: WrappedSecrets
    /// What has a secret; nil where it is to be asked for. Only who may change it relies on it.
    private var heads: Set<String>?
    /// Heads that were asked for before they are needed; empty where that is not done.
    private var ahead = HeadsAhead()
    /// Something was replaced or removed that the engine may still give.
    private var isCompactionOwed = false

    private static let attempts = 5
    private static var treeMagic: StaticString { "PORTTREE" }
    private static var pageMagic: StaticString { "PORTPAGE" }
    private static var masterKey: String { "master" }

    init(
        _ space: any KeySpace, masterKeyPath: String, masterKeyIsGuarded: Bool
    ) throws(KeyVaultError) {
        let masterKey = try MasterKey.load(
            ofCluster: masterKeyPath, isGuarded: masterKeyIsGuarded)
        let check = Array(MasterKey.check(masterKey).utf8)
        self.space = space
        wrapped = WrappedSecrets(masterKey)
        try compare(check, of: masterKeyPath)
        if space.mayChange { try sweepAll() }
    }

    /// The first process that may change anything keeps the check value.
    private func compare(_ check: [UInt8], of path: String) throws(KeyVaultError) {
        var attempt = 0
        while true {
            do throws(KeyVaultError) {
                try begin()
                if let found = try value(Self.masterKey) {
                    guard found == check else { throw .foreignMasterKey(file: path) }
                    return
                }
                guard space.mayChange else { return }
                // Where the value alone is missing, the key has to open what is there.
                _ = try read(.leaves)
                return try change([(Self.masterKey, check)])
            } catch {
                try mayRepeat(after: error, &attempt)
            }
        }
    }

    // MARK: Reading

    var mayWrite: Bool { space.mayChange }

    func place(of name: SecretName) -> String { name.spaceKey + " in etcd" }

    func names() throws(KeyVaultError) -> [SecretName] {
        try listHeads().sorted().map { key in
            let id = String(key.drop { $0 != "/" }.dropFirst())
            return key.hasPrefix("keys/") ? .operation(id) : .webhook(id)
        }
    }

    func readAhead() throws(KeyVaultError) {
        try asking { () throws(KeySpaceError) in try ahead.fill(from: space) }
    }

    func endReadingAhead() { ahead.removeAll() }

    func read(_ name: SecretName) throws(KeyVaultError) -> SecretBytes? {
        if let head = ahead.take(name.spaceKey), let opened = try open(head, name) {
            return opened.secret
        }
        guard let opened = try open(name) else { return nil }
        return opened.secret
    }

    private func open(_ name: SecretName) throws(KeyVaultError) -> OpenedSecret? {
        var earlier: [UInt8]?
        for _ in 0..<Self.attempts {
            guard let head = try value(name.spaceKey) else { return nil }
            if let opened = try open(head, name) { return opened }
            // A page is gone: there is another head by now.
            guard head != earlier else { throw .notAKeyFile(file: place(of: name)) }
            earlier = head
        }
        throw .cluster(.overtaken)
    }

    /// Nil where a page is missing.
    private func open(_ head: [UInt8], _ name: SecretName) throws(KeyVaultError) -> OpenedSecret? {
        guard case .operation(let id) = name, Self.isTree(head) else {
            let secret = try unwrap(
                head, magic: name.magic, label: name.label, maximum: name.maximumBytes, name)
            return OpenedSecret(secret: secret, table: nil)
        }
        let plain = try unwrap(
            head, magic: Self.treeMagic, label: id, maximum: PageTable.maximumBytes, name)
        let table = try PageTable.decode(plain, at: place(of: name))
        let stored = try pages(of: table, id)
        var secret = SecretBytes(
            capacity: OperationSecrets.headBytes + table.nodes * OperationSecrets.nodeBytes)
        secret.append(plain.bytes.extracting(0..<SymmetricKey.byteCount))
        secret.append(littleEndian: UInt32(table.nodes))
        for page in table.pages {
            guard let bytes = stored[page.number] else { return nil }
            let nodes = try unwrap(
                bytes, magic: Self.pageMagic, label: PageTable.label(page.number, of: id),
                maximum: PageTable.pageBytes, name)
            guard nodes.count == page.nodes * OperationSecrets.nodeBytes else {
                throw .notAKeyFile(file: place(of: name))
            }
            secret.append(nodes.bytes)
        }
        return OpenedSecret(secret: secret, table: table)
    }

    private static func isTree(_ head: [UInt8]) -> Bool {
        head.withBytes { WrappedSecrets.isKind(treeMagic, $0) }
    }

    /// The pages of an operation's tree; nil where it has none.
    private func table(of id: String) throws(KeyVaultError) -> PageTable? {
        let name = SecretName.operation(id)
        guard let head = try value(name.spaceKey), Self.isTree(head) else { return nil }
        let plain = try unwrap(
            head, magic: Self.treeMagic, label: id, maximum: PageTable.maximumBytes, name)
        return try PageTable.decode(plain, at: place(of: name))
    }

    /// What is stored of a table's pages, by their numbers.
    private func pages(
        of table: PageTable, _ id: String
    ) throws(KeyVaultError) -> [UInt64: [UInt8]] {
        let numbers = Set(table.pages.map(\.number))
        var stored: [UInt64: [UInt8]] = [:]
        try asking { () throws(KeySpaceError) in
            try space.values(PageTable.keyPrefix(id)) { key, value in
                guard let number = PageTable.number(ofKey: key), numbers.contains(number) else {
                    return
                }
                stored[number] = value.array
            }
        }
        return stored
    }

    private func unwrap(
        _ bytes: [UInt8], magic: StaticString, label: String, maximum: Int, _ name: SecretName
    ) throws(KeyVaultError) -> SecretBytes {
        // An array's elements, lent for the call.
        unsafe try wrapped.unwrap(
            bytes.span.bytes, magic: magic, label: label, maximum: maximum,
            place: place(of: name))
    }

    // MARK: Writing

    func create(_ name: SecretName, _ secret: borrowing SecretBytes) throws(KeyVaultError) {
        var attempt = 0
        while true {
            do throws(KeyVaultError) {
                try begin()
                guard try !holds(name) else { throw .alreadyExists(file: place(of: name)) }
                _ = try put(name, secret, over: SecretBytes(capacity: 0), in: nil)
                heads?.insert(name.spaceKey)
                return
            } catch {
                try mayRepeat(after: error, &attempt)
            }
        }
    }

    func update(
        _ name: SecretName,
        _ body: (borrowing SecretBytes) throws(KeyVaultError) -> SecretBytes?
    ) throws(KeyVaultError) -> Bool {
        var attempt = 0
        while true {
            do throws(KeyVaultError) {
                try begin()
                guard let old = try open(name) else { return false }
                if let new = try body(old.secret) {
                    isCompactionOwed = true
                    let table = try put(name, new, over: old.secret, in: old.table)
                    try finish(name, table)
                } else if isCompactionOwed {
                    try finish(name, old.table)
                }
                return true
            } catch {
                try mayRepeat(after: error, &attempt)
            }
        }
    }

    @discardableResult
    func remove(_ name: SecretName) throws(KeyVaultError) -> Bool {
        var attempt = 0
        var wasThere = false
        while true {
            do throws(KeyVaultError) {
                try begin()
                if try holds(name) {
                    wasThere = true
                    isCompactionOwed = true
                    try change([(name.spaceKey, nil)])
                    heads?.remove(name.spaceKey)
                }
                if isCompactionOwed { try finish(name, nil) }
                return wasThere
            } catch {
                try mayRepeat(after: error, &attempt)
            }
        }
    }

    func raiseNextLeaf(
        from known: UInt64, _ body: (UInt64) throws(KeyVaultError) -> UInt64
    ) throws(KeyVaultError) {
        let place = place(of: .leaves)
        var attempt = 0
        while true {
            do throws(KeyVaultError) {
                try begin()
                guard let secret = try read(.leaves) else { throw .leavesMissing(file: place) }
                guard let stored = NextLeaf.decode(secret) else { throw .notAKeyFile(file: place) }
                let next = NextLeaf.encoded(try body(max(known, stored)))
                _ = try put(.leaves, next, over: secret, in: nil)
                return
            } catch {
                try mayRepeat(after: error, &attempt)
            }
        }
    }

    /// Puts a secret in place of another one: its pages first, its head last.
    private func put(
        _ name: SecretName, _ new: borrowing SecretBytes, over old: borrowing SecretBytes,
        in table: PageTable?
    ) throws(KeyVaultError) -> PageTable? {
        guard case .operation(let id) = name,
            new.count > OperationSecrets.headBytes + PageTable.pageBytes
        else {
            let head = wrapped.wrap(new.bytes, magic: name.magic, label: name.label)
            try change([(name.spaceKey, head.bytes.array)])
            return nil
        }
        let start = OperationSecrets.headBytes
        let nodes = new.bytes.extracting(start..<new.count)
        let oldNodes = old.bytes.extracting(min(start, old.count)..<old.count)
        let table = try putPages(PagePlan(nodes, over: oldNodes, in: table), nodes, of: id)
        let identity = new.bytes.extracting(0..<SymmetricKey.byteCount)
        let plain = table.encoded(identity: identity)
        let head = wrapped.wrap(plain.bytes, magic: Self.treeMagic, label: id)
        try change([(name.spaceKey, head.bytes.array)])
        return table
    }

    private func putPages(
        _ plan: PagePlan, _ nodes: RawSpan, of id: String
    ) throws(KeyVaultError) -> PageTable {
        var table = PageTable()
        var changes: [(key: String, value: [UInt8]?)] = []
        var bytes = 0
        for part in plan.parts {
            guard case .new(let places) = part else {
                if case .kept(let page) = part { table.pages.append(page) }
                continue
            }
            let page = PageTable.Page(
                number: Random.word(), firstLeaf: PagePlan.firstLeaf(places.lowerBound, in: nodes),
                nodes: places.count)
            let label = PageTable.label(page.number, of: id)
            let stored = wrapped.wrap(
                PagePlan.nodes(places, of: nodes), magic: Self.pageMagic, label: label)
            if bytes + stored.count > KeySpaceLimits.changeBytes
                || changes.count == KeySpaceLimits.changes
            {
                try change(changes)
                (changes, bytes) = ([], 0)
            }
            changes.append(("pages/" + label, stored.bytes.array))
            bytes += stored.count
            table.pages.append(page)
        }
        if !changes.isEmpty { try change(changes) }
        return table
    }

    // MARK: Finishing

    /// Removes the pages that the secret has no more, and has the engine forget what was replaced.
    private func finish(_ name: SecretName, _ table: PageTable?) throws(KeyVaultError) {
        if case .operation(let id) = name {
            try removePages(try keys(PageTable.keyPrefix(id)), but: table)
        }
        try asking { () throws(KeySpaceError) in try space.compact(waits: true) }
        isCompactionOwed = false
    }

    private func removePages(_ keys: [String], but table: PageTable?) throws(KeyVaultError) {
        let numbers = Set((table?.pages ?? []).map(\.number))
        var orphans = keys.filter { key in
            PageTable.number(ofKey: key).map { !numbers.contains($0) } ?? true
        }[...]
        while !orphans.isEmpty {
            try change(orphans.prefix(KeySpaceLimits.changes).map { ($0, nil) })
            orphans = orphans.dropFirst(KeySpaceLimits.changes)
        }
    }

    /// Finishes what an earlier owner left.
    private func sweepAll() throws(KeyVaultError) {
        var attempt = 0
        while true {
            do throws(KeyVaultError) {
                try begin()
                let pages = Dictionary(grouping: try keys("pages/")) { key in
                    String(key.dropFirst("pages/".utf8.count).dropLast("/".utf8.count + 16))
                }
                for (id, keys) in pages {
                    try removePages(keys, but: try table(of: id))
                }
                return try asking { () throws(KeySpaceError) in try space.compact(waits: false) }
            } catch {
                try mayRepeat(after: error, &attempt)
            }
        }
    }

    // MARK: Asking

    func holds(_ name: SecretName) throws(KeyVaultError) -> Bool {
        if name == .leaves { return try value(name.spaceKey) != nil }
        return try listHeads().contains(name.spaceKey)
    }

    private func listHeads() throws(KeyVaultError) -> Set<String> {
        if let heads, space.mayChange { return heads }
        let found = Set(try keys("keys/") + keys("webhooks/"))
        heads = found
        return found
    }

    private func begin() throws(KeyVaultError) {
        try asking { () throws(KeySpaceError) in try space.begin() }
    }

    private func value(_ key: String) throws(KeyVaultError) -> [UInt8]? {
        try asking { () throws(KeySpaceError) in try space.value(key) }
    }

    private func keys(_ prefix: String) throws(KeyVaultError) -> [String] {
        try asking { () throws(KeySpaceError) in try space.keys(prefix) }
    }

    private func change(_ changes: [(key: String, value: [UInt8]?)]) throws(KeyVaultError) {
        do throws(KeySpaceError) {
            try space.change(changes)
        } catch {
            // It may be made yet.
            heads = nil
            throw .cluster(error)
        }
    }

    private func asking<Result>(
        _ body: () throws(KeySpaceError) -> Result
    ) throws(KeyVaultError) -> Result {
        do throws(KeySpaceError) {
            return try body()
        } catch {
            throw .cluster(error)
        }
    }

    /// Throws the error again unless a change that was given up was made after all: then what rests
    /// on the state before it is done anew, a few times.
    private func mayRepeat(
        after error: KeyVaultError, _ attempt: inout Int
    ) throws(KeyVaultError) {
        attempt += 1
        guard case .cluster(.overtaken) = error, attempt < Self.attempts else { throw error }
        heads = nil
    }
}

/// Values of a ``SeededEngine`` with what it keeps of earlier ones, as etcd does until it is told
/// to compact them.
struct SeededValues {
    private struct Version {
        let key: String
        let value: [UInt8]
        /// Of the change that replaced or removed it.
        let end: Int64
    }

    private var current: [String: (value: [UInt8], revision: Int64)] = [:]
    private var earlier: [Version] = []
    private var revision: Int64 = 0

    subscript(key: String) -> [UInt8]? { current[key]?.value }

    func revision(of key: String) -> Int64 { current[key]?.revision ?? 0 }

    /// - Returns: its revision.
    @discardableResult
    mutating func change(_ changes: [(key: String, value: [UInt8]?)]) -> Int64 {
        revision += 1
        for (key, value) in changes {
            if let old = current[key] {
                earlier.append(Version(key: key, value: old.value, end: revision))
            }
            current[key] = value.map { ($0, revision) }
        }
        return revision
    }

    mutating func compact(to revision: Int64) {
        earlier.removeAll { $0.end <= revision }
    }

    func list(_ prefix: String, after key: String?) -> [(key: String, value: [UInt8])] {
        current.filter { $0.key.hasPrefix(prefix) && $0.key > key ?? "" }
            .map { ($0.key, $0.value.value) }.sorted { $0.0 < $1.0 }
    }

    var readable: [(key: String, value: [UInt8])] {
        current.map { ($0.key, $0.value.value) } + earlier.map { ($0.key, $0.value) }
    }
}

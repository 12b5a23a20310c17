import Bytes
import Vault

/// A key space whose process ends at one of its calls: before the engine has it, or behind.
final class MortalSpace: KeySpace {
    private let space: any KeySpace
    /// Counts down; nil where the process lives on.
    private var callsLeft: Int?
    private let isLastCarriedOut: Bool
    private(set) var isDead = false
    /// Called once, before the first list of values.
    var beforeValues: (() throws -> Void)?

    init(_ space: any KeySpace, calls: Int? = nil, isLastCarriedOut: Bool = false) {
        self.space = space
        callsLeft = calls
        self.isLastCarriedOut = isLastCarriedOut
    }

    var mayChange: Bool { space.mayChange }

    /// Lets it end at a later call.
    func end(after calls: Int) { callsLeft = calls }

    private func call<Result>(
        _ body: () throws(KeySpaceError) -> Result
    ) throws(KeySpaceError) -> Result {
        guard !isDead else { throw .unavailable("the process has ended") }
        guard let left = callsLeft else { return try body() }
        callsLeft = left - 1
        isDead = left <= 0
        if isDead, !isLastCarriedOut { throw .unavailable("the process has ended") }
        let result = try body()
        if isDead { throw .unavailable("the process has ended") }
        return result
    }

    func begin() throws(KeySpaceError) {
        try call { () throws(KeySpaceError) in try space.begin() }
    }

    func value(_ key: String) throws(KeySpaceError) -> [UInt8]? {
        try call { () throws(KeySpaceError) in try space.value(key) }
    }

    func keys(_ prefix: String) throws(KeySpaceError) -> [String] {
        try call { () throws(KeySpaceError) in try space.keys(prefix) }
    }

    func values(
        _ prefix: String, _ body: (_ key: String, _ value: RawSpan) -> Void
    ) throws(KeySpaceError) {
        if let before = beforeValues {
            beforeValues = nil
            do { try before() } catch { throw .unavailable("\(error)") }
        }
        try call { () throws(KeySpaceError) in try space.values(prefix, body) }
    }

    func change(_ changes: [(key: String, value: [UInt8]?)]) throws(KeySpaceError) {
        try call { () throws(KeySpaceError) in try space.change(changes) }
    }

    func compact(waits: Bool) throws(KeySpaceError) {
        try call { () throws(KeySpaceError) in try space.compact(waits: waits) }
    }
}

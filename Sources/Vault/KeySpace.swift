/// What the engine of a cluster offers a vault: values under keys of text, which every node reads
/// and one at a time changes. Each call is linearizable.
///
/// A change is made on the state that this process has seen, and on no other: ``begin()`` notes
/// where that is, what is read behind it may be relied on, and ``change(_:)`` fails where anything
/// has changed since. It is made once or never, however often the engine was asked: a copy that
/// comes late, after its retry, changes nothing.
package protocol KeySpace: AnyObject {
    /// Whether this process may change anything; else it reads.
    var mayChange: Bool { get }

    /// Notes which change is the last one, before what the next change rests on is read.
    func begin() throws(KeySpaceError)

    /// Nil where the key does not exist.
    func value(_ key: String) throws(KeySpaceError) -> [UInt8]?

    /// The keys that begin so, in their order.
    func keys(_ prefix: String) throws(KeySpaceError) -> [String]

    /// Lends the values of keys that begin so; those of one moment only where nothing changes.
    func values(
        _ prefix: String, _ body: (_ key: String, _ value: RawSpan) -> Void
    ) throws(KeySpaceError)

    /// Makes all of the changes or none; durable on a majority when it returns.
    /// - Parameter changes: new values; nil removes a key. ``KeySpaceLimits`` has how many.
    func change(_ changes: [(key: String, value: [UInt8]?)]) throws(KeySpaceError)

    /// Has the engine forget values that were replaced or removed: nobody can ask it for them any
    /// more.
    /// - Parameter waits: until the engine's member that is asked has done so on its disk.
    func compact(waits: Bool) throws(KeySpaceError)
}

/// How much one change may hold.
package enum KeySpaceLimits {
    package static let changes = 64
    /// Bytes of all values; an engine takes requests of 1 MiB and more.
    package static let changeBytes = 768 << 10
}

/// Why a key space did not do what it was asked.
package enum KeySpaceError: Error, Equatable, Sendable {
    /// No answer, or a refusal: a change may have been made, or may be made yet.
    case unavailable(String)
    /// The engine's quota is used up; nothing was changed. Removing alone is no way out: of a tree
    /// the nodes that are left have to be stored before the others go, and a change that stores
    /// nothing has no turn of its own, nor a revision that it is safe to compact to.
    case noSpace
    /// Another node leads, or none does; nothing was changed.
    case notOwner(String)
    /// Something has changed since ``KeySpace/begin()``; nothing was changed.
    case overtaken
}

extension KeySpaceError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unavailable(let reason): "no answer from etcd: \(reason); try again"
        case .noSpace:
            "etcd's quota is used up (alarm NOSPACE), so it stores nothing, and nothing can be "
                + "forgotten: what is left of a tree has to be stored first. Compact and "
                + "defragment its members or raise --quota-backend-bytes, disarm the alarm "
                + "(etcdctl alarm disarm), then ask again"
        case .notOwner(let owner): "this node may not change them: \(owner)"
        case .overtaken: "they are being changed by something else; try again"
        }
    }
}

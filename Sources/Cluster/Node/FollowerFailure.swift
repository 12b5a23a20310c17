package import Log

/// Why a node cannot follow.
package enum FollowerFailure: Error, CustomStringConvertible {
    case log(LogError)
    /// What was found, and what to do.
    case unsuitable(String)

    /// The node's journal is no beginning of the log, or ends too early.
    static func notAPart(_ found: String) -> FollowerFailure {
        .unsuitable(
            found + "; stop this node, move its journal/ and snapshots/ away, and copy those of "
                + "another member that follows or leads in their place")
    }

    package var description: String {
        switch self {
        case .log(let error): "\(error)"
        case .unsuitable(let text): text
        }
    }
}

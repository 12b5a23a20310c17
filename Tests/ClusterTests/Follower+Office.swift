import Bytes
import Log

@testable import Cluster

extension Follower where Engine: ~Copyable, Link: ~Copyable {
    /// Turns it until it has the office.
    mutating func takeOffice(
        _ apply: (RawSpan) throws(LogError) -> LogPosition
    ) throws(FollowerFailure) -> LogOwner {
        while true {
            // A descriptor that is none: it waits for the leader as long as it would, and for
            // nothing else.
            if let office = try turn(waking: -1, apply) { return office }
        }
    }
}

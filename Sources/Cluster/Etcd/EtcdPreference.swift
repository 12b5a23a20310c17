internal import Synchronization

/// Which member of etcd answered a process last: where its next ways to etcd begin, so that none of
/// them waits for one that is down or cut off; and which addresses the members have.
package final class EtcdPreference: Sendable {
    private let place = Atomic<Int>(0)
    let names = EtcdAddresses()

    package init() {}

    /// The member's place among the endpoints.
    package var member: Int {
        get { place.load(ordering: .relaxed) }
        set { place.store(newValue, ordering: .relaxed) }
    }
}

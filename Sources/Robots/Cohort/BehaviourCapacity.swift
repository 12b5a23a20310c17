/// The sizes of the tables of layers 3 and 4, each a power of two. All memory is asked for at the
/// start; the system gives it page by page as it is used.
package struct BehaviourCapacity: Equatable, Sendable {
    /// Operations that are told apart.
    package var operations = 1 << 14
    /// Addresses, sessions, participants and front-end keys together, 16 bytes each.
    package var rhythmSlots = 1 << 21
    /// Cohorts, 64 bytes each.
    package var cells = 1 << 17
    /// Counters of how often something was seen, 4 bytes each.
    package var counters = 1 << 21

    package init() {}
}

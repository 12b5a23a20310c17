package import Robots

/// One entry of a simulation, and who sent it.
package struct SimulatedEntry: Sendable {
    package enum Author: Equatable, Sendable {
        case person
        case attacker(Int)
    }

    /// Since the simulation's start.
    package var milliseconds: Int64
    package var author: Author
    package var traits: EntryTraits
    /// For whoever asks why.
    package var participant: String
}

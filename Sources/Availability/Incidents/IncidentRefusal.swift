/// Why an action on an incident is refused.
package enum IncidentRefusal: Error, Equatable {
    /// There is none of this number; for a client, none of its own.
    case unknown(number: UInt32)
    /// Not in this state.
    case wrongState(Incident.State)
    /// Not to this author.
    case notPermitted
    /// A title has 1 to ``Incident/maximumTitleBytes``, a note up to
    /// ``Incident/maximumNoteBytes``.
    case textLength(limit: Int)
    /// The history is full, or so many incidents are open.
    case tooMany(limit: Int)
}

package import Availability
internal import Time

/// A minute in which a client's own entries were refused for lack of room: it was not accessible
/// for this client, whatever probes found (C10).
package struct LostMinute: Equatable, Codable, Sendable {
    package var client: String
    package var minute: Minute
    /// Entries of the client's operations that were refused for lack of room.
    package var refused: UInt64
    /// All that were answered within the minute, those among them.
    package var attempts: UInt64

    package init(client: String, minute: Minute, refused: UInt64, attempts: UInt64) {
        self.client = client
        self.minute = minute
        self.refused = refused
        self.attempts = attempts
    }

    var isPlausible: Bool { 0 < refused && refused <= attempts && attempts < 1 << 53 }

    var sentence: String {
        "In the minute \(minute.starts.rfc3339), \(refused) of \(attempts) entries of the client "
            + "\(client) were refused for lack of room: it counts as not accessible for this "
            + "client (C10)."
    }
}

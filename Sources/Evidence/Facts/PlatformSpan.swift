package import Time

/// A time in which the platform was not calm, or the moment at which a process took it over.
package struct PlatformSpan: Codable, Equatable, Sendable {
    package enum Kind: String, CaseIterable, Codable, Sendable {
        case strained, critical
        /// A process started; the one before had ended at some time before that.
        case started
    }

    /// Of a strain the highest level.
    package internal(set) var kind: Kind
    package let since: Timestamp
    /// `nil` while it goes on.
    package internal(set) var until: Timestamp?
    /// The record that it began with.
    package let record: UInt64

    /// Whether it has a moment in common with these.
    func overlaps(_ since: Timestamp, _ until: Timestamp) -> Bool {
        self.since <= until && (self.until.map { $0 >= since } ?? true)
    }
}

internal import Bytes
package import Time

/// The medium of a campaign.
package enum Channel: String, CaseIterable, Codable, Sendable {
    case email, sms, television, radio, social, display, press, other
}

/// A client's declaration of a campaign (C1).
package struct CampaignDeclaration: Equatable, Codable, Sendable {
    package var channel: Channel
    /// The number of people it is sent to, or who are expected to see it.
    package var recipients: UInt32
    package var starts: Timestamp
    /// The end; `nil` if it is sent at once or its end is unknown.
    package var ends: Timestamp?
    /// The `source` tag of its entries; `nil` means the campaign's identifier.
    package var source: String?
    package var note: String?

    package init(
        channel: Channel, recipients: UInt32, starts: Timestamp, ends: Timestamp? = nil,
        source: String? = nil, note: String? = nil
    ) {
        self.channel = channel
        self.recipients = recipients
        self.starts = starts
        self.ends = ends
        self.source = source
        self.note = note
    }
}

internal import Bytes
package import Time

/// By what a campaign reaches people.
package enum Channel: String, CaseIterable, Codable, Sendable {
    case email, sms, television, radio, social, display, press, other
}

/// What a client says of a campaign (C1).
package struct CampaignDeclaration: Equatable, Codable, Sendable {
    package var channel: Channel
    /// People it is sent to, or who are expected to see it.
    package var recipients: UInt32
    package var starts: Timestamp
    /// `nil`: it is sent in one go, or its end is not known.
    package var ends: Timestamp?
    /// The tag that its entries carry as `source`; `nil`: the campaign's identifier.
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

internal import Bytes
internal import Contract
internal import Cryptography
internal import Ledger
internal import Time

/// One declared campaign. Of another client's a client sees when and how much, and no names (C17).
struct WaveView: Encodable {
    let client: String?
    let operation: String?
    let campaign: String?
    let channel: String?
    let recipients: UInt32?
    let starts: String
    let ends: String
    let expectedParticipants: Int
    let peakPerSecond: Double
    let peakAt: String
    /// The same each time; of another client's it tells nothing else.
    let uid: String
    /// Nil where it is another client's. In no JSON, as the identifier of the event.
    let declaredAt: Timestamp?
    /// Whether it was taken back; when, under the same rule.
    let isWithdrawn: Bool
    let withdrawnAt: Timestamp?

    init(_ declared: CalendarReader.DeclaredWave, isNamed: Bool) {
        let wave = declared.wave
        let id = declared.campaign.id
        uid = isNamed ? id : "other-\(Self.digest(of: id))"
        declaredAt = isNamed ? declared.campaign.declaredAt : nil
        isWithdrawn = declared.campaign.withdrawnAt != nil
        withdrawnAt = isNamed ? declared.campaign.withdrawnAt : nil
        client = isNamed ? declared.operation.client : nil
        operation = isNamed ? declared.operation.id : nil
        campaign = isNamed ? declared.campaign.id : nil
        channel = isNamed ? declared.campaign.declaration.channel.rawValue : nil
        recipients = isNamed ? wave.recipients : nil
        starts = wave.starts.rfc3339
        ends = wave.ends.rfc3339
        expectedParticipants = Int(wave.expectedEntries.rounded(.up))
        let peak = ExpectedLoad(CollectionOfOne(wave)).peak(from: wave.starts, to: wave.ends)
        peakPerSecond = peak.perSecond.inThousandths
        peakAt = peak.at.rfc3339
    }

    /// 16 hexadecimal digits that follow from a campaign's identifier.
    private static func digest(of id: String) -> String {
        id.withBytes { bytes in
            var hash = SHA256()
            return String(hash.digest(bytes).hexadecimal.prefix(16))
        }
    }

    private enum CodingKeys: String, CodingKey {
        case client, operation, campaign, channel, recipients, starts, ends
        case expectedParticipants = "expected_participants"
        case peakPerSecond = "peak_per_second"
        case peakAt = "peak_at"
    }
}

extension WaveView {
    static let shape = Shape.object([
        .optional("client", .identifier, "Left out where it is another client's."),
        .optional("operation", .identifier), .optional("campaign", .text(1...64)),
        .optional("channel", .choice(of: Channel.self)), .optional("recipients", .count),
        .required("starts", .time), .required("ends", .time, "When the last answer is expected."),
        .required("expected_participants", .count), .required("peak_per_second", .number),
        .required("peak_at", .time),
    ])
}

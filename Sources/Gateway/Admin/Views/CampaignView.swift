internal import Bytes
internal import Contract
internal import Ledger
internal import Time

struct CampaignView: Encodable {
    let campaign: String
    let channel: String
    let recipients: Int
    let starts: String
    let ends: String?
    /// The tag that its entries carry.
    let source: String
    let note: String?
    let declaredAt: String
    /// It had begun when it was declared, and adds nothing to the cover.
    let late: Bool
    /// Whether it adds to the cover: in time, before the operation was beyond it, not withdrawn.
    let counts: Bool
    let withdrawnAt: String?
    /// Participants that are expected: recipients weighted by the channel's response.
    let expected: Int
    let expectedPeakPerSecond: Double

    /// - Parameter hasNote: a list of operations leaves notes out.
    init(_ campaign: Campaign, hasNote: Bool = true) {
        self.campaign = campaign.id
        channel = campaign.declaration.channel.rawValue
        recipients = Int(campaign.declaration.recipients)
        starts = campaign.declaration.starts.rfc3339
        ends = campaign.declaration.ends?.rfc3339
        source = campaign.source
        note = hasNote ? campaign.declaration.note : nil
        declaredAt = campaign.declaredAt.rfc3339
        late = campaign.isLate
        counts = campaign.counts
        withdrawnAt = campaign.withdrawnAt?.rfc3339
        expected = Int(campaign.declaration.expectedParticipants)
        expectedPeakPerSecond = campaign.declaration.expectedPeakPerSecond
    }

    private enum CodingKeys: String, CodingKey {
        case campaign, channel, recipients, starts, ends, source, note, late, counts, expected
        case declaredAt = "declared_at"
        case withdrawnAt = "withdrawn_at"
        case expectedPeakPerSecond = "expected_peak_per_second"
    }
}

extension CampaignView {
    static let shape = Shape.object([
        .required("campaign", .text(1...64)), .required("channel", .choice(of: Channel.self)),
        .required("recipients", .count), .required("starts", .time), .optional("ends", .time),
        .required("source", .text(1...LedgerLimits.sourceBytes), "The tag its entries carry."),
        .optional("note", Shape.noteText), .required("declared_at", .time),
        .required("late", .boolean, "Begun when it was declared; it adds nothing to the cover."),
        .required("counts", .boolean, "Whether it adds to the cover."),
        .optional("withdrawn_at", .time),
        .required("expected", .count, "Participants: recipients weighted by the channel."),
        .required("expected_peak_per_second", .number, "Entries a second, if it is sent at once."),
        .changed,
    ])
    static let body = Shape.object([
        .required("channel", .choice(of: Channel.self)),
        .required("recipients", .integer(1...Int(UInt32.max))), .required("starts", .time),
        .optional("ends", .nullable(.time)),
        .optional("source", .nullable(.text(1...LedgerLimits.sourceBytes))),
        .optional("note", .nullable(Shape.noteText)),
    ])
}

extension CampaignView: ListedView {
    static var listName: String { "campaigns" }
    static var listedShape: Shape { .named("Campaign") }
}

internal import Contract
internal import Time

/// The answer to a campaign that is not declared yet.
struct CampaignCheckView: Encodable {
    /// Nil where the capacity is not known.
    let fits: Bool?
    let capacityPerSecond: UInt32?
    let targetPerSecond: Double?
    let expectedParticipants: Int
    let ends: String
    let ownPeakPerSecond: Double
    let ownPeakAt: String
    let peakPerSecond: Double
    let peakAt: String
    let othersPerSecond: Double
    /// Waves that fit in its place; none where it fits, or where no plan does.
    let waves: [PlannedWaveView]
    let campaignsOmitted: Int

    struct PlannedWaveView: Encodable {
        let starts: String
        let recipients: UInt32
    }

    init(
        _ check: CampaignCheck, capacity: UInt32?, targetPercent: UInt32, waves: [WavePlan.Wave],
        campaignsOmitted: Int
    ) {
        self.campaignsOmitted = campaignsOmitted
        let target = capacity.map { Double($0) * Double(targetPercent) / 100 }
        fits = target.map { check.fits($0) }
        capacityPerSecond = capacity
        targetPerSecond = target
        expectedParticipants = Int(check.wave.expectedEntries.rounded(.up))
        ends = check.wave.ends.rfc3339
        ownPeakPerSecond = check.ownPeak.perSecond.inThousandths
        ownPeakAt = check.ownPeak.at.rfc3339
        peakPerSecond = check.peak.perSecond.inThousandths
        peakAt = check.peak.at.rfc3339
        othersPerSecond = check.othersPerSecond.inThousandths
        let start = check.wave.starts
        self.waves = waves.map {
            PlannedWaveView(
                starts: start.advanced(byMilliseconds: Int64($0.seconds) * 1_000).rfc3339,
                recipients: $0.recipients)
        }
    }

    private enum CodingKeys: String, CodingKey {
        case fits, ends, waves
        case capacityPerSecond = "capacity_per_second"
        case targetPerSecond = "target_per_second"
        case expectedParticipants = "expected_participants"
        case ownPeakPerSecond = "own_peak_per_second"
        case ownPeakAt = "own_peak_at"
        case peakPerSecond = "peak_per_second"
        case peakAt = "peak_at"
        case othersPerSecond = "others_per_second"
        case campaignsOmitted = "campaigns_omitted"
    }
}

extension CampaignCheckView {
    static let shape = Shape.object([
        .optional("fits", .boolean, "Left out where the capacity is not known."),
        .optional("capacity_per_second", .count), .optional("target_per_second", .number),
        .required("expected_participants", .count), .required("ends", .time),
        .required("own_peak_per_second", .number), .required("own_peak_at", .time),
        .required("peak_per_second", .number, "Of all together."), .required("peak_at", .time),
        .required("others_per_second", .number, "At that moment."),
        .required(
            "waves",
            .array(
                .object([.required("starts", .time), .required("recipients", .count)]),
                maximum: WavePlan.maximumWaves),
            "Waves that fit in its place."),
        .required("campaigns_omitted", .count, CalendarView.omittedNote),
    ])
    static let body = Shape.object([
        .required("channel", .choice(of: Channel.self)),
        .required("recipients", .integer(1...Int(UInt32.max))), .required("starts", .time),
        .optional("ends", .nullable(.time)),
        .optional("capacity_per_second", .nullable(.integer(1...Int(UInt32.max)))),
        .optional("target_percent", .nullable(.integer(1...100)), "Default: 70."),
    ])
}

internal import Contract
internal import Ledger
internal import Time

/// What is expected when: the answer to `GET /v1/calendar`.
struct CalendarView: Encodable {
    let from: String
    let to: String
    let capacityPerSecond: UInt32?
    let waves: [WaveView]
    let wavesTotal: Int
    let load: [LoadView]

    /// Waves of an answer at most, the earliest first; the load has all of them.
    static let maximumWaves = 500
    /// The load is given in slots of so many seconds, each with the peak within it.
    static let slotSeconds: Int64 = 300
    /// Steps of the load at most: one a slot, and the end.
    static let maximumSteps =
        Int(CalendarRange.longestMilliseconds / (slotSeconds * 1_000)) + 1

    private enum CodingKeys: String, CodingKey {
        case from, to, waves, load
        case capacityPerSecond = "capacity_per_second"
        case wavesTotal = "waves_total"
    }
}

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

    init(_ declared: CalendarReader.DeclaredWave, isNamed: Bool) {
        let wave = declared.wave
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

    private enum CodingKeys: String, CodingKey {
        case client, operation, campaign, channel, recipients, starts, ends
        case expectedParticipants = "expected_participants"
        case peakPerSecond = "peak_per_second"
        case peakAt = "peak_at"
    }
}

/// The expected rate from a moment on, until the next one.
struct LoadView: Encodable {
    let at: String
    let perSecond: Double

    private enum CodingKeys: String, CodingKey {
        case at
        case perSecond = "per_second"
    }
}

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

    struct PlannedWaveView: Encodable {
        let starts: String
        let recipients: UInt32
    }

    init(
        _ check: CampaignCheck, capacity: UInt32?, targetPercent: UInt32, waves: [WavePlan.Wave]
    ) {
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
    }
}

// MARK: Shapes

extension CalendarView {
    static let shape = Shape.object([
        .required("from", .time), .required("to", .time),
        .optional("capacity_per_second", .count, "Entries that the gateway can take, if known."),
        .required("waves", .array(WaveView.shape, maximum: maximumWaves), "The earliest first."),
        .required("waves_total", .count),
        .required(
            "load", .array(LoadView.shape, maximum: maximumSteps),
            "Expected entries a second of all waves, in slots of five minutes with their peaks."),
    ])
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

extension LoadView {
    static let shape = Shape.object([.required("at", .time), .required("per_second", .number)])
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
    ])
    static let body = Shape.object([
        .required("channel", .choice(of: Channel.self)),
        .required("recipients", .integer(1...Int(UInt32.max))), .required("starts", .time),
        .optional("ends", .nullable(.time)),
        .optional("capacity_per_second", .nullable(.integer(1...Int(UInt32.max)))),
        .optional("target_percent", .nullable(.integer(1...100)), "Default: 70."),
    ])
}

import Bytes
import Contract
import Foundation
internal import Time

/// A plan with clock times, for text and JSON.
struct PlanReport: Encodable {
    let channel: String
    let recipients: UInt32
    let capacity: UInt32
    let targetPercent: UInt32
    let targetPerSecond: Double
    let basePerSecond: UInt32
    /// With a gateway's calendar: what others bring at most meanwhile.
    let others: Others?
    let waves: [Wave]
    let expectedEntries: Double
    let peakPerSecond: Double
    let peakAt: String
    let sendingSeconds: Int
    let lastEntriesAt: String
    let figures: Figures
    let declarations: [Declaration]

    struct Wave: Encodable {
        let wave: Int
        let starts: String
        let recipients: UInt32
        let expectedEntries: Double
        let peakPerSecond: Double
    }

    /// The figures on how recipients answer, and their sources; without a source they are assumed.
    struct Figures: Encodable {
        let responsePermille: UInt32
        let points: [Point]
        let timing: String
        let timingSource: String?
        let rate: String
        let rateSource: String?

        struct Point: Encodable {
            let seconds: UInt32
            let permille: UInt32
        }
    }

    /// The highest rate of all declared campaigns from the first wave to the last answer.
    struct Others: Encodable {
        let peakPerSecond: Double
        let peakAt: String
        /// Whether they alone exceed the target then.
        let exceedsTarget: Bool

        private enum CodingKeys: String, CodingKey {
            case peakPerSecond = "peak_per_second"
            case peakAt = "peak_at"
            case exceedsTarget = "exceeds_target"
        }
    }

    /// A declaration that the campaign needs beforehand, and the command that makes it.
    struct Declaration: Encodable {
        let rule: String
        let why: String
        let command: String
    }

    init(
        _ plan: WavePlan, of order: WavePlan.Order, channel: Channel, figures: ChannelResponse,
        duty: CampaignDuty, besideRecipients: UInt32, start: Timestamp
    ) {
        func time(_ seconds: Int) -> String {
            start.advanced(byMilliseconds: Int64(seconds) * 1_000).rfc3339
        }
        self.channel = channel.rawValue
        recipients = order.recipients
        capacity = order.capacity
        targetPercent = order.targetPercent
        targetPerSecond = order.target
        basePerSecond = order.base
        others = order.others.map { others in
            let peak = others.load.peak(
                from: start, to: start.advanced(byMilliseconds: Int64(plan.endSeconds) * 1_000))
            return Others(
                peakPerSecond: thousandths(peak.perSecond), peakAt: peak.at.rfc3339,
                exceedsTarget: peak.perSecond > order.room)
        }
        waves = plan.waves.enumerated().map { index, wave in
            Wave(
                wave: index + 1, starts: time(wave.seconds), recipients: wave.recipients,
                expectedEntries: thousandths(wave.expectedEntries),
                peakPerSecond: thousandths(wave.peakPerSecond))
        }
        expectedEntries = thousandths(plan.expectedEntries)
        peakPerSecond = thousandths(plan.peakPerSecond)
        peakAt = time(plan.peakSeconds)
        sendingSeconds = plan.lastSeconds
        lastEntriesAt = time(plan.endSeconds)
        self.figures = Figures(
            responsePermille: figures.curve.responsePermille,
            points: figures.curve.points.map {
                Figures.Point(seconds: $0.seconds, permille: $0.permille)
            },
            timing: figures.timing.remark, timingSource: figures.timing.source,
            rate: figures.rate.remark, rateSource: figures.rate.source)
        declarations = Self.declarations(
            plan, waves, channel: channel, duty,
            beside: figures.curve.entries(of: besideRecipients))
        timingText = figures.timing.text
        rateText = figures.rate.text
    }

    private let timingText: String
    private let rateText: String

    /// A campaign for each wave, as it is sent; where that would be very many, one that is sent
    /// from the first to the last. Without an end it would be over with the first wave's answers.
    private static func declarations(
        _ plan: WavePlan, _ waves: [Wave], channel: Channel, _ duty: CampaignDuty, beside: Double
    ) -> [Declaration] {
        func campaign(_ recipients: UInt32, starts: String, ends: String?) -> Declaration {
            Declaration(
                rule: "C1", why: why(duty),
                command: "portillon campaign add OPERATION --channel \(channel.rawValue) "
                    + "--recipients \(recipients) --starts \(starts)"
                    + (ends.map { " --ends \($0)" } ?? ""))
        }
        var declarations: [Declaration] = []
        if waves.count <= maximumDeclaredWaves {
            declarations = waves.map { campaign($0.recipients, starts: $0.starts, ends: nil) }
        } else if let first = waves.first, let last = waves.last {
            let recipients = waves.reduce(0) { $0 + $1.recipients }
            declarations = [campaign(recipients, starts: first.starts, ends: last.starts)]
        }
        if let participants = plan.participantsToNotice(beside: beside) {
            let maximum = grouped(Int(Cover.undeclared.participants))
            declarations.append(
                Declaration(
                    rule: "C2",
                    why: "Announce more than \(maximum) participants beforehand",
                    command: "portillon notice give OPERATION "
                        + "--expected-participants \(participants)"))
        }
        return declarations
    }

    /// Waves that are declared one by one.
    private static let maximumDeclaredWaves = 50

    /// What the terms say of such a campaign.
    private static func why(_ duty: CampaignDuty) -> String {
        let maximum = grouped(Int(Cover.undeclaredRecipients))
        return switch duty {
        case .namedWithoutFigure:
            "The terms name television and radio spots and advertising on social networks without "
                + "a figure: declare it before it starts"
        case .particularly:
            "The terms name campaigns to more than \(maximum) people particularly, and those of "
                + "an operation that run at the same time add up: declare it before it starts"
        case .everyCampaign:
            "Every campaign is told to the operator; those of an operation that run at the same "
                + "time add up: declare it before it starts"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case channel, recipients, capacity, waves, figures, declarations, others
        case targetPercent = "target_percent"
        case targetPerSecond = "target_per_second"
        case basePerSecond = "base_per_second"
        case expectedEntries = "expected_entries"
        case peakPerSecond = "peak_per_second"
        case peakAt = "peak_at"
        case sendingSeconds = "sending_seconds"
        case lastEntriesAt = "last_entries_at"
    }
}

extension PlanReport.Wave {
    private enum CodingKeys: String, CodingKey {
        case wave, starts, recipients
        case expectedEntries = "expected_entries"
        case peakPerSecond = "peak_per_second"
    }
}

extension PlanReport.Figures {
    private enum CodingKeys: String, CodingKey {
        case points, timing, rate
        case responsePermille = "response_permille"
        case timingSource = "timing_source"
        case rateSource = "rate_source"
    }
}

extension PlanReport {
    /// The plan as text: the waves, their totals, the figures behind them, the declarations needed.
    var text: String {
        var table = AlignedTable(["#wave", "starts", "#recipients", "#entries", "#peak/s"])
        for wave in waves {
            table.append([
                "\(wave.wave)", wave.starts, grouped(Int(wave.recipients)),
                grouped(Int(wave.expectedEntries.rounded())), decimal(wave.peakPerSecond),
            ])
        }
        var target = "target \(decimal(targetPerSecond)) (\(targetPercent) % of \(capacity))"
        if basePerSecond > 0 { target += ", of which \(basePerSecond) come anyway" }
        var summary = [
            ("expected entries", grouped(Int(expectedEntries.rounded(.up)))),
            ("peak", "\(decimal(peakPerSecond)) a second at \(peakAt); \(target)"),
            ("sending", duration(sendingSeconds)),
            ("last entries", lastEntriesAt),
            ("when they answer", timingText),
            ("how many answer", rateText),
        ]
        if let others { summary.insert(("others", Self.text(of: others)), at: 2) }
        return table.text + "\n" + listing(summary) + "\n" + declarationText
    }

    private static func text(of others: Others) -> String {
        let peak = "\(decimal(others.peakPerSecond)) a second at \(others.peakAt) at most"
        return others.exceedsTarget
            ? peak + "; they alone exceed the target then, and no wave is sent near it" : peak
    }

    private var declarationText: String {
        var text = ""
        var why: String?
        for declaration in declarations {
            if declaration.why != why { text += "\(declaration.why) (\(declaration.rule)):\n" }
            text += "  \(declaration.command)\n"
            why = declaration.why
        }
        return text
    }

    /// `2 d 3 h 15 min`; waves are whole minutes apart.
    private func duration(_ seconds: Int) -> String {
        if seconds == 0 { return "one wave, all at once" }
        let parts = [
            (seconds / 86_400, "d"), (seconds / 3_600 % 24, "h"), (seconds / 60 % 60, "min"),
        ]
        return parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: " ")
    }
}

/// A figure in JSON, rounded to three decimal digits.
private func thousandths(_ value: Double) -> Double {
    (value * 1_000).rounded() / 1_000
}

/// A rate with two decimal digits, or two significant ones if it is below 0.01.
func decimal(_ value: Double) -> String {
    value > 0 && value < 0.01 ? String(format: "%.2g", value) : String(format: "%.2f", value)
}

import ArgumentParser
import Bytes
import Contract
internal import Time

/// `portillon plan`: when to send how much of a campaign.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Plan a campaign in waves that stay below a capacity.",
        discussion: """
            portillon plan --recipients 500000 --channel email --capacity 5
            portillon plan --recipients 2000000 --channel sms --capacity 200 --base 30 \
            --interval 30 --start 2026-11-20T08:00:00+01:00 --curve ours.json
            portillon plan --recipients 500000 --channel email --admin http://127.0.0.1:8081

            Each wave is as large as possible while the expected entries of all waves together \
            stay at or below the target at every later moment. These are expected values: the rest \
            of the capacity is the margin for chance and for wrong figures.

            With --admin, the plan stays below the target beside all campaigns that are declared \
            there, and the capacity is the gateway's if it is not given. Without, no gateway is \
            needed.

            Each channel has built-in figures, some measured, some assumed; the plan says which. \
            Figures of your own are better. Give them as a JSON file:
              {"response_permille": 120, "points": [{"minutes": 5, "permille": 100},
               {"minutes": 60, "permille": 600}, {"minutes": 1440, "permille": 1000}]}
            Here 120 of 1,000 recipients enter; of 1,000 who enter, 100 have done so after 5 \
            minutes, and all 1,000 at the last point. Use "seconds" instead of "minutes" for \
            quicker answers.

            Exits with 1 if no such plan exists, with 78 if the file of figures is wrong.
            """)

    @Option(
        parsing: .unconditional,
        help: .init("The number of people the campaign reaches.", valueName: "n"))
    var recipients: UInt32
    @Option(parsing: .unconditional, help: "The channel that carries it.") var channel: Channel
    @Option(
        parsing: .unconditional,
        help: .init(
            "Entries a second that the gateway can take. Default: with --admin, what it measured.",
            valueName: "n"))
    var capacity: UInt32?
    @Option(
        parsing: .unconditional,
        help: .init("The share of the capacity to plan for.", valueName: "percent"))
    var targetPercent: UInt32 = 70
    @Option(
        parsing: .unconditional,
        help: .init("Entries a second that come in any case.", valueName: "n"))
    var base: UInt32 = 0
    @Option(
        parsing: .unconditional,
        help: .init(
            "Recipients of the operation's other campaigns that run at the same time. They are "
                + "expected to answer as this one's do.",
            valueName: "n"))
    var besideRecipients: UInt32 = 0
    @Option(
        parsing: .unconditional,
        help: .init("The shortest time between waves.", valueName: "minutes"))
    var interval: UInt32 = 15
    @Option(
        parsing: .unconditional,
        help: .init(
            "When to send the first wave (RFC 3339). Default: the next quarter of an hour.",
            valueName: "time"))
    var start: StartTime?
    @Option(
        parsing: .unconditional,
        help: .init("Your own figures instead of the channel's.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var curve: String?
    @OptionGroup var options: AdminOptions

    func validate() throws {
        if recipients == 0 { throw ValidationError("--recipients must be at least 1") }
        if capacity == 0 { throw ValidationError("--capacity must be at least 1") }
        if capacity == nil, options.admin == nil {
            throw ValidationError("--capacity is missing; with --admin, the gateway's is taken")
        }
        if !(1...100).contains(targetPercent) {
            throw ValidationError("--target-percent must be from 1 to 100")
        }
        let minutes = (WavePlan.intervals.lowerBound / 60)...(WavePlan.intervals.upperBound / 60)
        if !minutes.contains(interval) {
            throw ValidationError(
                "--interval must be from \(minutes.lowerBound) to \(minutes.upperBound) minutes")
        }
    }

    func run() throws {
        let now = StartTime.now
        var calendar: GatewayCalendar?
        if options.admin != nil {
            let start = start ?? StartTime(quarterFrom: now)
            calendar = try GatewayCalendar(from: start.time, options.client())
        }
        let report = try report(at: now, calendar)
        if options.json {
            try Output.standard.write(json: report)
        } else {
            try Output.standard.write(report.text)
        }
    }

    /// - Throws: ``CommandFailure`` 78 for a file of figures that is none, 1 where there is no
    ///   plan.
    func report(
        at now: Timestamp, _ calendar: GatewayCalendar? = nil
    ) throws(CommandFailure) -> PlanReport {
        var figures = channel.response
        if let curve { figures = try CurveFile(path: curve).figures }
        guard let capacity = capacity ?? calendar?.capacity else {
            throw CommandFailure(
                .refused,
                "no plan: the gateway has not measured its capacity yet; give --capacity")
        }
        var order = WavePlan.Order(
            recipients: recipients, curve: figures.curve, capacity: capacity)
        order.targetPercent = targetPercent
        order.base = base
        order.intervalSeconds = interval * 60
        let start = start ?? StartTime(quarterFrom: now)
        order.others = calendar.map { WavePlan.Order.Others($0.load, start: start.time) }
        // Sending and what follows from it have to end at a date that can be written.
        let longest = Int64(WavePlan.maximumSeconds) * 2_000
        guard start.time.advanced(byMilliseconds: longest).isWritable else {
            throw CommandFailure(.refused, "no plan: --start is too late; 9999 is the last year")
        }
        do throws(WavePlanError) {
            let duty = CampaignDuty(
                channel, recipients: recipients, besideRecipients: UInt64(besideRecipients))
            return PlanReport(
                try WavePlan(order), of: order, channel: channel, figures: figures, duty: duty,
                besideRecipients: besideRecipients, start: start.time)
        } catch {
            throw CommandFailure(.refused, Self.line(for: error, order))
        }
    }

    /// The reason why there is no plan, with its numbers.
    private static func line(for error: WavePlanError, _ order: WavePlan.Order) -> String {
        let target = "\(order.targetPercent) % of \(order.capacity) entries a second"
        return switch error {
        case .noRoom:
            "no plan: \(target) is \(decimal(order.target)), and \(order.base) come anyway (--base)"
        case .roomBelowOneRecipient:
            "no plan: one recipient alone is expected to bring "
                + "\(decimal(order.curve.peakPerSecond)) entries a second, and \(target) leaves "
                + decimal(order.room)
        case .tooManyWaves:
            "no plan: it takes more than \(grouped(WavePlan.maximumWaves)) waves; give a longer "
                + "--interval, or more --capacity"
        case .tooLong:
            "no plan: it takes more than \(WavePlan.maximumSeconds / 86_400) days to send; give "
                + "more --capacity, or a higher --target-percent"
        case .nobody, .targetOutOfRange, .intervalOutOfRange:
            "no plan: recipients, target or interval are out of range"
        }
    }
}

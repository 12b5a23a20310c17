import ArgumentParser
import Bytes
import Contract
internal import Time

/// `portillon plan`: when to send how much of a campaign.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Plan a campaign in waves that stay below a capacity; no gateway is needed.",
        discussion: """
            portillon plan --recipients 500000 --channel email --capacity 5
            portillon plan --recipients 2000000 --channel sms --capacity 200 --base 30 \
            --interval 30 --start 2026-11-20T08:00:00+01:00 --curve ours.json

            At each interval as many are sent as keep the entries expected of all waves together \
            at or under the target, at every later moment. They are expected values: the share of \
            the capacity that the target leaves is for chance and for figures that are wrong.

            Each channel has figures of its own, some measured, some assumed; the plan says which. \
            Your own are better. They are a JSON file:
              {"response_permille": 120, "points": [{"minutes": 5, "permille": 100},
               {"minutes": 60, "permille": 600}, {"minutes": 1440, "permille": 1000}]}
            Of a thousand recipients 120 enter; of a thousand who do, 100 have after 5 minutes, \
            and so on to the last. "seconds" in place of "minutes" is for what is quicker.

            Exit status: 1 where no such plan exists, 78 for a file of figures that is wrong.
            """)

    @Option(help: .init("People whom the campaign reaches.", valueName: "n"))
    var recipients: UInt32
    @Option(help: "By what it reaches them.") var channel: Channel
    @Option(help: .init("Entries a second that the gateway takes.", valueName: "n"))
    var capacity: UInt32
    @Option(help: .init("The share of the capacity that may be expected.", valueName: "percent"))
    var targetPercent: UInt32 = 70
    @Option(help: .init("Entries a second that come anyway.", valueName: "n"))
    var base: UInt32 = 0
    @Option(help: .init("The shortest time between waves.", valueName: "minutes"))
    var interval: UInt32 = 15
    @Option(
        help: .init(
            "When the first wave is sent (RFC 3339); at the next quarter of an hour by default.",
            valueName: "time"))
    var start: StartTime?
    @Option(
        help: .init("Your own figures in place of the channel's.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var curve: String?
    @Flag(help: "Print the plan as JSON.") var json = false

    func validate() throws {
        if recipients == 0 { throw ValidationError("--recipients is at least 1") }
        if capacity == 0 { throw ValidationError("--capacity is at least 1") }
        if !(1...100).contains(targetPercent) {
            throw ValidationError("--target-percent is from 1 to 100")
        }
        let minutes = (WavePlan.intervals.lowerBound / 60)...(WavePlan.intervals.upperBound / 60)
        if !minutes.contains(interval) {
            throw ValidationError(
                "--interval is from \(minutes.lowerBound) to \(minutes.upperBound) minutes")
        }
    }

    func run() throws {
        let report = try report(at: StartTime.now)
        if json {
            try Output.standard.write(json: report)
        } else {
            try Output.standard.write(report.text)
        }
    }

    /// - Throws: ``CommandFailure`` 78 for a file of figures that is none, 1 where there is no plan.
    func report(at now: Timestamp) throws(CommandFailure) -> PlanReport {
        var figures = channel.response
        if let curve { figures = try CurveFile(path: curve).figures }
        var order = WavePlan.Order(
            recipients: recipients, curve: figures.curve, capacity: capacity)
        order.targetPercent = targetPercent
        order.base = base
        order.intervalSeconds = interval * 60
        let start = start ?? StartTime(quarterFrom: now)
        do throws(WavePlanError) {
            return PlanReport(
                try WavePlan(order), of: order, channel: channel, figures: figures,
                start: start.time)
        } catch {
            throw CommandFailure(.refused, Self.line(for: error, order))
        }
    }

    /// Why there is no plan, in numbers.
    private static func line(for error: WavePlanError, _ order: WavePlan.Order) -> String {
        let target = "\(order.targetPercent) % of \(order.capacity) entries a second"
        return switch error {
        case .noRoom:
            "no room: \(target) is \(decimal(order.target)), and \(order.base) come anyway (--base)"
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

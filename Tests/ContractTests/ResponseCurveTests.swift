import Foundation
import Testing

@testable import Contract

@Suite("How recipients answer")
struct ResponseCurveTests {
    typealias Point = ResponseCurve.Point

    @Test("every channel's curve rises to everybody", arguments: Channel.allCases)
    func channels(channel: Channel) throws {
        let curve = channel.response.curve
        #expect(
            try ResponseCurve(responsePermille: curve.responsePermille, points: curve.points)
                == curve)
        for (point, next) in zip(curve.points, curve.points.dropFirst()) {
            #expect(point.seconds < next.seconds && point.permille < next.permille)
        }
        #expect(curve.points.last?.permille == 1_000)
        let entries = curve.steps.map { $0.perSecond * Double($0.seconds.count) }.reduce(0, +)
        #expect(abs(entries - Double(curve.responsePermille) / 1_000) < 1e-12)
    }

    @Test("what has no source says that it is an assumption", arguments: Channel.allCases)
    func sources(channel: Channel) {
        for basis in [channel.response.timing, channel.response.rate] {
            #expect(basis.text.contains(basis.source ?? "ASSUMPTION"))
            #expect(basis.text.hasPrefix("ASSUMPTION") == (basis.source == nil))
        }
    }

    @Test("what was measured is in the curves as it was published")
    func measured() {
        func permille(_ channel: Channel, minutes: UInt32) -> UInt32? {
            channel.response.curve.points.first { $0.seconds == minutes * 60 }?.permille
        }
        #expect(permille(.email, minutes: 60) == 336)
        #expect(permille(.email, minutes: 180) == 514)
        #expect(permille(.email, minutes: 1_440) == 810)
        #expect(permille(.sms, minutes: 15) == 430)
        #expect(permille(.social, minutes: 168) == 500)
    }

    /// A profile of the load runner: how many have come until a time, of all that come.
    private struct Profile: Decodable {
        let points: [[Double]]

        init(_ name: String) throws {
            let file = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../../loadtests/scenarios/profiles/\(name).json")
            self = try JSONDecoder().decode(Profile.self, from: Data(contentsOf: file))
        }

        func share(until time: Double) -> Double { area(time) / area(.infinity) }

        /// The highest rate, of all that come.
        var peak: Double { (points.map { $0[1] }.max() ?? 0) / area(.infinity) }

        private func area(_ time: Double) -> Double {
            var area = 0.0
            for (from, to) in zip(points, points.dropFirst()) where from[0] < time {
                let end = min(to[0], time)
                let rate = from[1] + (to[1] - from[1]) * (end - from[0]) / (to[0] - from[0])
                area += (from[1] + rate) / 2 * (end - from[0])
            }
            return area
        }
    }

    /// The e-mail's profile ends after its day, when 81 % of those who answer have come.
    @Test(
        "e-mail and television are the waves that the load tests send",
        arguments: [
            (Channel.email, "email-wave", 60.0, 810.0),
            (.television, "television-spot", 1.0, 1_000.0),
        ])
    func loadTests(channel: Channel, name: String, unitSeconds: Double, all: Double) throws {
        let profile = try Profile(name)
        let curve = channel.response.curve
        for point in curve.points where Double(point.permille) <= all {
            let share = profile.share(until: Double(point.seconds) / unitSeconds) * all
            #expect(abs(share - Double(point.permille)) < 1, "\(point)")
        }
        let peak = profile.peak * all / 1_000 / unitSeconds
        let ours = curve.peakPerSecond / Double(curve.responsePermille) * 1_000
        #expect(ours > peak * 0.95 && ours < peak * 1.05)
    }

    @Test("what is no curve is refused with the place")
    func refused() {
        func refusal(_ points: [Point], response: UInt32 = 1) -> ResponseCurveError? {
            #expect(throws: ResponseCurveError.self) {
                try ResponseCurve(responsePermille: response, points: points)
            }
        }
        let whole = Point(seconds: 60, permille: 1_000)
        #expect(refusal([whole], response: 0) == .responseOutOfRange)
        #expect(refusal([whole], response: 1_001) == .responseOutOfRange)
        #expect(refusal([]) == .incomplete(permille: 0))
        #expect(refusal([Point(seconds: 0, permille: 0)]) == .incomplete(permille: 0))
        #expect(refusal([Point(seconds: 1, permille: 999)]) == .incomplete(permille: 999))
        #expect(refusal([Point(seconds: 0, permille: 1), whole]) == .instant(index: 0))
        #expect(refusal([whole, whole]) == .notLater(index: 1))
        #expect(refusal([Point(seconds: 604_801, permille: 1_000)]) == .tooLate(index: 0))
        #expect(refusal([Point(seconds: 1, permille: 1_001)]) == .moreThanAll(index: 0))
        #expect(
            refusal([Point(seconds: 1, permille: 2), Point(seconds: 2, permille: 1), whole])
                == .falls(index: 1))
        let many = (1...65).map { Point(seconds: $0, permille: 1_000) }
        #expect(refusal(many) == .tooManyPoints)
    }

    @Test("nobody at the beginning may be said, and pauses are allowed")
    func allowed() throws {
        let points = [
            Point(seconds: 0, permille: 0), Point(seconds: 10, permille: 500),
            Point(seconds: 20, permille: 500), Point(seconds: 604_800, permille: 1_000),
        ]
        let curve = try ResponseCurve(responsePermille: 200, points: points)
        #expect(curve.points.count == 3)
        #expect(curve.steps.map(\.seconds) == [0..<10, 10..<20, 20..<604_800])
        #expect(curve.peakPerSecond == 0.01)
        #expect(curve.entries(of: .max) == 858_993_459)
    }
}

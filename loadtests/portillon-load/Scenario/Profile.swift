import Foundation
import Wire

/// The shape of a wave: how the rate rises and falls, without saying how high or how long.
///
/// Its file has `points`, pairs of a time and a relative rate in any unit, in order of time; a
/// recording of one's own, requests counted by the minute, is such a list.
struct Profile: Sendable, Equatable {
    var points: [(time: Double, rate: Double)]

    static func == (left: Profile, right: Profile) -> Bool {
        left.points.elementsEqual(right.points) { $0 == $1 }
    }

    static func read(_ url: URL) throws(ScenarioError) -> Profile {
        do throws(ScenarioError) {
            return try Profile(try JSONFile.read(url))
        } catch {
            throw ScenarioError(
                path: url.lastPathComponent + (error.path.isEmpty ? "" : ": " + error.path),
                reason: error.reason)
        }
    }

    init(_ json: JSONValue) throws(ScenarioError) {
        var members = try Members(json, at: "")
        for name in ["title", "description", "source"] { _ = try members.string(name) }
        points = []
        for (json, path) in try members.array("points") {
            let pair = json.elements
            guard pair.count == 2, let time = pair[0].number, let rate = pair[1].number,
                rate >= 0, time > points.last?.time ?? -.infinity
            else {
                throw ScenarioError(
                    path: path, reason: "[time, rate] is needed, times rising, no rate below 0")
            }
            points.append((time, rate))
        }
        try members.end()
        guard points.count >= 2, points.contains(where: { $0.rate > 0 }) else {
            throw members.wrong("points", "two are needed, and a rate above 0")
        }
    }

    /// The shape, stretched to last so long and to hold so many requests.
    func curve(seconds: Double, requests: Double) -> RateCurve {
        let length = points[points.count - 1].time - points[0].time
        var curve = RateCurve()
        for (start, end) in zip(points, points.dropFirst()) {
            curve.append(
                RateCurve.Piece(
                    seconds: (end.time - start.time) / length * seconds, from: start.rate,
                    to: end.rate))
        }
        return curve.scaled(rate: requests / curve.requests)
    }
}

import Foundation

extension StreamPlan {
    /// In words.
    var schedule: String {
        let people = "\(connections) connections"
        if pacing == .closed {
            let limit = closedRequests.map { "\($0) requests" } ?? "\(Self.text(closedSeconds)) s"
            return "closed loop for \(limit), \(people)"
        }
        let kind = pacing == .poisson ? "Poisson" : "paced"
        let length = Self.text(curve.seconds)
        guard let first = curve.pieces.first, curve.pieces.count == 1 else {
            let peak = curve.pieces.map { max($0.from, $0.to) }.max() ?? 0
            let total = Int(curve.requests.rounded())
            return
                "\(total) requests in \(length) s, at most \(Self.text(peak))/s, \(kind), \(people)"
        }
        let rate =
            first.from == first.to
            ? "constant \(Self.text(first.from))/s"
            : "from \(Self.text(first.from))/s to \(Self.text(first.to))/s"
        return "\(rate) for \(length) s, \(kind), \(people)"
    }

    private static func text(_ number: Double) -> String {
        number == number.rounded() ? "\(Int(number))" : String(format: "%.1f", number)
    }
}

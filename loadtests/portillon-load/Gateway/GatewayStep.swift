import Foundation
import Wire

/// Something that the gateway did, or found out, about an operation by itself, as its evidence has
/// it.
struct GatewayStep: Codable, Sendable, Equatable {
    /// Seconds since the traffic began.
    var at: Double
    /// `cover_near`, `cover_crossed`, `smooth`, `suspend`, `resume`; with `advise_` before it where
    /// it was only said.
    var kind: String
    /// The number of participants that it came at.
    var participants: Int?
}

extension GatewayStep {
    /// The steps of a dossier, in order; nil for a value that is none.
    static func list(evidence: JSONValue, since start: Date) -> [GatewayStep]? {
        guard case .array(let items)? = evidence["items"] else { return nil }
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        return items.compactMap { item in
            // A time that is none belongs to no step.
            guard let at = item["place"]?["at"]?.string, let time = try? style.parse(at),
                let record = item["record"]
            else { return nil }
            return GatewayStep(record, at: time.timeIntervalSince(start))
        }
    }

    /// - Returns: nil for a record of another kind, or of another shape.
    private init?(_ record: JSONValue, at seconds: Double) {
        at = seconds
        participants = record["participants"]?.integer
        switch record["event"]?.string {
        case "cover.near": kind = "cover_near"
        case "cover.crossed": kind = "cover_crossed"
        case "ladder.step":
            guard let step = record["step"]?.string else { return nil }
            kind = (record["enforced"]?.bool == true ? "" : "advise_") + step
        default: return nil
        }
    }
}

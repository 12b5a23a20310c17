import Foundation

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

    /// The steps of a dossier, in order; nil for bytes that are none.
    static func list(evidence: Data, since start: Date) -> [GatewayStep]? {
        // Not JSON, or of another shape: not known.
        guard let dossier = try? JSONDecoder().decode(Dossier.self, from: evidence) else {
            return nil
        }
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        return dossier.items.compactMap { item in
            // A time that is none belongs to no step.
            guard let time = try? style.parse(item.place.at) else { return nil }
            return item.record.step(at: time.timeIntervalSince(start))
        }
    }

    private struct Dossier: Decodable {
        var items: [Item]
    }

    private struct Item: Decodable {
        struct Place: Decodable {
            var at: String
        }
        var place: Place
        var record: Record
    }

    private struct Record: Decodable {
        var event: String?
        var step: String?
        var enforced: Bool?
        var participants: Int?

        func step(at seconds: Double) -> GatewayStep? {
            switch event {
            case "cover.near":
                GatewayStep(at: seconds, kind: "cover_near", participants: participants)
            case "cover.crossed":
                GatewayStep(at: seconds, kind: "cover_crossed", participants: participants)
            case "ladder.step":
                step.map {
                    GatewayStep(
                        at: seconds, kind: (enforced == true ? "" : "advise_") + $0,
                        participants: participants)
                }
            default: nil
            }
        }
    }
}

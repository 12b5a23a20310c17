internal import Bytes
internal import Contract
internal import Ledger
internal import Time

struct ForecastView: Encodable {
    let crossing: String
    let earliest: String
    let latest: String
    let participantsPerSecond: Double

    init(_ forecast: Forecast) {
        crossing = forecast.crossing.rfc3339
        earliest = forecast.earliest.rfc3339
        latest = forecast.latest.rfc3339
        participantsPerSecond = forecast.perSecond
    }

    private enum CodingKeys: String, CodingKey {
        case crossing, earliest, latest
        case participantsPerSecond = "participants_per_second"
    }
}

extension ForecastView {
    static let shape = Shape.object([
        .required("crossing", .time), .required("earliest", .time), .required("latest", .time),
        .required("participants_per_second", .number),
    ])
}

internal import Foundation
package import Time

/// What a monthly report says of itself, before it is believed: enough to make it again.
package struct ReportClaim: Sendable {
    package let report: ReportKind
    package let format: Int
    /// The number of the last record that it rests on.
    package let sequence: UInt64
    let until: Timestamp
    let month: CivilMonth
    /// Nil for the platform, or all clients.
    package let client: String?
    /// Of an availability report.
    let audience: ReportAudience?

    package static var currentFormat: Int { ReportKind.currentFormat }

    /// How much later than the first record that it leaves out a report may say that it ends, in
    /// milliseconds: that record may have been on its way to the disk, and to the views.
    package static var slackMilliseconds: Int64 { 60_000 }

    /// Whether it says to reach beyond a record that it does not rest on.
    /// - Parameter time: of the first such record.
    package func leavesOut(recordAt time: Timestamp) -> Bool {
        until > time.advanced(byMilliseconds: Self.slackMilliseconds)
    }

    /// - Throws: what `JSONDecoder` throws, for bytes that are no monthly report.
    package init(json: [UInt8]) throws {
        self = try JSONDecoder().decode(ReportClaim.self, from: Data(json))
    }
}

extension ReportClaim: Decodable {
    private enum CodingKeys: String, CodingKey {
        case report, format, month, client, audience
        case asOf = "as_of"
    }

    private struct Position: Decodable {
        let sequence: UInt64
        let until: String
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        report = try members.decode(ReportKind.self, forKey: .report)
        format = try members.decode(Int.self, forKey: .format)
        month = try members.decode(CivilMonth.self, forKey: .month)
        client = try members.decodeIfPresent(String.self, forKey: .client)
        audience = try members.decodeIfPresent(ReportAudience.self, forKey: .audience)
        let position = try members.decode(Position.self, forKey: .asOf)
        sequence = position.sequence
        guard let until = Timestamp(rfc3339: position.until) else {
            throw DecodingError.dataCorruptedError(
                forKey: .asOf, in: members, debugDescription: "until must be a time")
        }
        self.until = until
    }
}

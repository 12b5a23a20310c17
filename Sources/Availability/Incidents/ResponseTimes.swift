package import Time

/// How soon work on an incident starts (C11).
package struct ResponseTimes: Equatable, Codable, Sendable, BitwiseCopyable {
    /// Of a critical incident: 1...100.
    package let businessHours: Int
    /// Of a minor incident: 1...100.
    package let businessDays: Int
    /// Whether the day on which a minor incident is opened is the first. The clause does not say;
    /// by default it is, as A counts (C14): the earlier moment is the safe one to keep.
    package let countsOpeningDay: Bool

    /// - Returns: `nil` outside the ranges.
    package init?(businessHours: Int = 3, businessDays: Int = 3, countsOpeningDay: Bool = true) {
        guard (1...100).contains(businessHours), (1...100).contains(businessDays) else {
            return nil
        }
        self.businessHours = businessHours
        self.businessDays = businessDays
        self.countsOpeningDay = countsOpeningDay
    }

    private init() {
        businessHours = 3
        businessDays = 3
        countsOpeningDay = true
    }

    /// 3 business hours, 3 business days (C11).
    package static let standard = ResponseTimes()

    /// The last moment at which work on an incident starts in time.
    package func respondBy(
        _ severity: IncidentSeverity, from time: Timestamp, in business: BusinessTime
    ) -> Timestamp {
        switch severity {
        case .critical:
            business.moment(
                afterBusinessMilliseconds: Int64(businessHours) * 3_600_000, from: time)
        case .minor:
            business.closing(
                ofBusinessDays: businessDays, from: time, countsOpeningDay ? .sameDay : .dayAfter)
        }
    }
}

extension ResponseTimes {
    private enum CodingKeys: String, CodingKey {
        case businessHours = "business_hours"
        case businessDays = "business_days"
        case countsOpeningDay = "counts_opening_day"
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        let times = ResponseTimes(
            businessHours: try members.decode(Int.self, forKey: .businessHours),
            businessDays: try members.decode(Int.self, forKey: .businessDays),
            countsOpeningDay: try members.decode(Bool.self, forKey: .countsOpeningDay))
        guard let times else {
            throw DecodingError.dataCorruptedError(
                forKey: .businessHours, in: members, debugDescription: "Must be 1 to 100.")
        }
        self = times
    }
}

internal import Availability
internal import Time

/// The minutes of a local day, by A, as reports and status pages have them.
struct ServiceDayView: Encodable {
    private let day: ServiceDay
    private let excluded: Excluded

    /// What the minutes in maintenance are called: as the contract does, or as everybody does.
    enum Excluded: String {
        case excluded = "excluded_minutes"
        case maintenance = "maintenance_minutes"
    }

    init(_ day: ServiceDay, excluded: Excluded) {
        self.day = day
        self.excluded = excluded
    }

    private enum CodingKeys: String, CodingKey {
        case day
        case pcMinutes = "pc_minutes"
        case dsMinutes = "ds_minutes"
        case unmeasuredMinutes = "unmeasured_minutes"
        case excludedMinutes = "excluded_minutes"
        case maintenanceMinutes = "maintenance_minutes"
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(day.day.text, forKey: .day)
        try members.encode(day.reading.pcMinutes, forKey: .pcMinutes)
        try members.encode(day.reading.dsMinutes, forKey: .dsMinutes)
        try members.encode(day.reading.unmeasuredMinutes, forKey: .unmeasuredMinutes)
        switch excluded {
        case .excluded: try members.encode(day.excludedMinutes, forKey: .excludedMinutes)
        case .maintenance: try members.encode(day.excludedMinutes, forKey: .maintenanceMinutes)
        }
    }

    static func shape(excluded: Excluded) -> Shape {
        .object(
            [.required("day", .text(10...10))] + ReadingView.counted + [
                .required(
                    excluded.rawValue, ReadingView.minutes, "Those that maintenance takes out.")
            ])
    }
}

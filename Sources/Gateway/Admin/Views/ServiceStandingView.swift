internal import Availability
internal import Ledger
internal import Time

/// How the service stands for all clients, as the room and `portillon top` judge it by: incidents,
/// what probes found, the month so far, what is announced, and what robots were found.
struct ServiceStandingView: Encodable {
    struct Incidents: Encodable {
        let unresolved: Int
        let critical: Int
        let overdue: Int

        /// Linear in the incidents that are kept.
        init(_ records: ServiceRecords, at now: Timestamp) {
            let open = records.incidents.all.filter { $0.state != .resolved }
            unresolved = open.count
            critical = open.count { $0.severity == .critical }
            overdue = open.count { $0.isOverdue(at: now) }
        }
    }

    let incidents: Incidents
    private let measured: Measured

    init(_ incidents: Incidents, _ measured: Measured) {
        self.incidents = incidents
        self.measured = measured
    }

    /// What takes some reckoning: of some seconds ago at most (``ServiceStanding``).
    struct Measured: Encodable {
        let state: MinuteState
        let measuredAt: String?
        let silentProbes: [String]
        let month: String
        let minutes: ReadingView
        let burning: BurnRateRule.Urgency?
        let waves: [WaveView]
        let robots: [Robots]

        private enum CodingKeys: String, CodingKey {
            case state, month, burning, waves, robots
            case measuredAt = "measured_at"
            case silentProbes = "silent_probes"
        }

        func encode(to encoder: any Encoder) throws {
            try minutes.encode(to: encoder)
            var members = encoder.container(keyedBy: CodingKeys.self)
            try members.encode(state, forKey: .state)
            try members.encodeIfPresent(measuredAt, forKey: .measuredAt)
            try members.encode(silentProbes, forKey: .silentProbes)
            try members.encode(month, forKey: .month)
            try members.encodeIfPresent(burning, forKey: .burning)
            try members.encode(waves, forKey: .waves)
            try members.encode(robots, forKey: .robots)
        }
    }

    /// Entries of robots and suspects by the rule that weighed most.
    struct Robots: Encodable {
        let rule: String
        let entries: UInt64
    }

    private enum CodingKeys: String, CodingKey {
        case incidents
    }

    func encode(to encoder: any Encoder) throws {
        try measured.encode(to: encoder)
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(incidents, forKey: .incidents)
    }

    static var maximumWaves: Int { 5 }
    static var maximumRules: Int { 5 }
}

// MARK: Shapes

extension ServiceStandingView {
    static let shape = Shape.object(
        ReadingView.promised + [
            .required(
                "incidents",
                .object([
                    .required("unresolved", .count), .required("critical", .count, "Of these."),
                    .required("overdue", .count, "Of these: nobody works on them, and it is due."),
                ])),
            .required(
                "state", .choice(of: MinuteState.self),
                "The last minute of the last ten that was measured; of some seconds ago, as what "
                    + "follows."),
            .optional("measured_at", .time, "When that minute began."),
            .required(
                "silent_probes", .array(.text(1...64), maximum: LedgerLimits.probes),
                "Those that have reported nothing for five minutes, and have within two days."),
            .required("month", .text(7...7), "The current one of all clients, by A (C9)."),
            .optional(
                "burning", .choice(of: BurnRateRule.Urgency.self),
                "How urgent it is that its error budget burns; left out where no rule alerts."),
            .required(
                "waves", .array(WaveView.shape, maximum: maximumWaves),
                "Declared campaigns of the next 24 hours, the next ones."),
            .required(
                "robots",
                .array(
                    .object([.required("rule", .text(1...64)), .required("entries", .count)]),
                    maximum: maximumRules),
                "Entries by the rule that weighed most, since the process started."),
        ])
}

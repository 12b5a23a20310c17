/// The names of what can be expected something of.
enum FigureNames {
    /// Of a stream, in all of the run or in a window of seconds. Seconds are those of the answer.
    static let ofStream: [String] =
        windowed + [
            "participants", "unanswered", "duplicate_numbers", "gateway_participants", "crossings",
            "crossed_at_participant", "smoothings", "suspensions", "resumptions", "advices",
            "first_smoothing_s", "state_changes", "advised_changes",
            "late_waits", "disorder",
        ]

    /// Those that a window of seconds may be named for.
    static let windowed: [String] =
        [
            "due", "sent", "answered", "errors", "retries", "abandoned", "accepted_ratio",
            "error_ratio", "answers_per_second", "mean_ms", "p50_ms", "p90_ms", "p99_ms", "p999_ms",
            "max_ms", "service_p50_ms", "service_p99_ms",
        ] + Verdict.allCases.map(\.name) + Reason.allCases.map(\.name)

    /// Of the gateway, from its metrics, and of the runner.
    static let ofRun = [
        "memory_growth_bytes", "memory_growth_ratio", "descriptors_growth", "pressure_changes",
        "unanswered_samples", "waits_ratio", "runner_late_p99_ms",
        "runner_unread_p99_ms",
    ]
}

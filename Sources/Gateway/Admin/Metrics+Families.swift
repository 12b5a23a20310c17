internal import Bytes
internal import Contract
internal import Exposition
internal import Ledger
internal import LockFree
internal import Projections
internal import Synchronization
internal import Time
internal import Wire

/// The families of `/metrics` that have no series of each operation, in the order in which an
/// operator asks: what comes in, what is stored, how hard it is, what it costs.
extension Metrics {
    // MARK: The edge

    func writeRequests(_ writer: inout MetricsWriter) {
        writer.family(
            "portillon_http_requests", .counter, help: "Requests answered, by route and status.")
        forEachRoute { kind, route in
            let usual = route.statuses(of: kind)
            for status in HTTPStatus.allCases {
                let count = shared.instruments.requests(kind, route, status)
                guard count > 0 || usual.contains(status) else { continue }
                writer.sample(count) { labels in
                    labels.add("listener", kind.label)
                    labels.add("route", route.label)
                    labels.add("status", UInt64(status.rawValue))
                }
            }
        }
    }

    func writeRequestDurations(_ writer: inout MetricsWriter) {
        writer.family(
            "portillon_http_request_duration_seconds", .histogram, unit: "seconds",
            help: "Time from the complete request to its answer.")
        forEachRoute { kind, route in
            let timing = Instruments.Timing.request(kind, route)
            writeTiming(&writer, timing) { labels in
                labels.add("listener", kind.label)
                labels.add("route", route.label)
            }
        }
    }

    func writeSheddings(_ writer: inout MetricsWriter) {
        let instruments = shared.instruments
        writer.family(
            "portillon_shed", .counter,
            help: "Requests refused for lack of room, by class; those for overload come first.")
        for shedding in Shedding.allCases {
            writer.sample(instruments.shed(shedding)) { $0.add("kind", shedding.label) }
        }
        for missing in MissingRoom.allCases {
            writer.sample(instruments.refusals(for: missing)) { $0.add("kind", missing.label) }
        }
        for shed in ShedClass.allCases {
            writer.sample(instruments.shed(shed)) { $0.add("kind", shed.label) }
        }
    }

    func writeRejections(_ writer: inout MetricsWriter) {
        writer.family(
            "portillon_http_rejections", .counter,
            help: "Requests rejected before routing, by reason.")
        for kind in ListenerKind.allCases {
            for rejection in HTTPRejection.allCases {
                let count = shared.instruments.rejections(rejection, kind)
                writer.sample(count) { labels in
                    labels.add("listener", kind.label)
                    labels.add("reason", rejection.code)
                }
            }
        }
    }

    /// The pairs of listener and route that there are.
    private func forEachRoute(_ body: (ListenerKind, Route) -> Void) {
        for kind in ListenerKind.allCases {
            for route in Route.allCases where route.isServed(by: kind) { body(kind, route) }
        }
    }

    // MARK: The log

    func writeJournal(_ writer: inout MetricsWriter) {
        writer.family(
            "portillon_queue_wait_seconds", .histogram, unit: "seconds",
            help: "Time that entries waited for the sequencer.")
        writeTiming(&writer, Instruments.Timing.queueWait)
        writer.family(
            "portillon_commit_duration_seconds", .histogram, unit: "seconds",
            help: "Time to write and sync one batch.")
        writeTiming(&writer, Instruments.Timing.commit)
        writer.family(
            "portillon_commit_entries", .histogram, help: "Records in one batch: in one sync.")
        writer.histogram(
            shared.instruments.timing(Instruments.Timing.commitRecords), scale: .ones,
            octaves: 0...12)
        writer.family(
            "portillon_projection_lag_seconds", .gauge, unit: "seconds",
            help: "How long the oldest stored batch has waited that is not in every view yet.")
        let lag = shared.projection.lagNanoseconds(at: shared.clock.monotonicNanoseconds())
        writer.sample(Double(lag) / 1e9)
    }

    // MARK: Pressure

    func writePressure(_ writer: inout MetricsWriter) {
        let sample = shared.pressure.withLock { $0 }
        writer.family("portillon_pressure", .gauge, help: "1 for the level of pressure, else 0.")
        for level in PressureLevel.allCases {
            writer.sample(UInt64(level == sample.level ? 1 : 0)) { $0.add("level", level.name) }
        }
        writer.family(
            "portillon_capacity_per_second", .gauge,
            help: "Entries a second that a stage takes; NaN while it is not known.")
        for stage in CapacityStage.allCases {
            let perSecond = sample.capacities[stage].map(Double.init) ?? .nan
            writer.sample(perSecond) { $0.add("stage", stage.rawValue) }
        }
        writer.family(
            "portillon_loop_lag_seconds", .histogram, unit: "seconds",
            help: "Time until an event loop reads its messages; measured ten times a second."
        )
        writeTiming(&writer, Instruments.Timing.loopLag)
        writer.family(
            "portillon_unread_wait_seconds", .histogram, unit: "seconds",
            help: "Time from the arrival of a request's bytes until a loop read them.")
        writeTiming(&writer, Instruments.Timing.unreadWait)
        writer.family("portillon_ready", .gauge, help: "1 if it can accept entries, else 0.")
        writer.sample(UInt64(shared.unreadyReasons.isEmpty ? 1 : 0))
    }

    /// A histogram of nanoseconds, with bounds from 10 us to 10 s: 1, 2.5, 5, 10 and so on.
    func writeTiming(
        _ writer: inout MetricsWriter, _ timing: Int,
        _ labels: (inout LabelSet) -> Void = { _ in }
    ) {
        writer.histogram(
            shared.instruments.timing(timing), scale: .nanoseconds,
            bounds: HistogramBuckets.decimalBounds.prefix { $0 <= 10_000_000_000 }, labels)
    }

    // MARK: The process

    func writeProcess(_ writer: inout MetricsWriter) {
        writer.family("portillon_build", .info, help: "The running version.")
        writer.info { $0.add("version", Gateway.version) }
        writer.family(
            "portillon_clock_leap_seconds", .gauge, unit: "seconds",
            help: "The clock minus the journal's time, if they differ by 10 s or more.")
        writer.sample(Double(shared.health.clockLeapMilliseconds) / 1_000)
        writer.family(
            "portillon_log_lines_dropped", .counter,
            help: "Lines of the log that standard error did not take.")
        writer.sample(shared.log.droppedLines)
        writeTables(&writer)
        let process = ProcessFigures.read()
        writer.family(
            "process_cpu_seconds", .counter, unit: "seconds",
            help: "User and system CPU time of the process.")
        writer.sample(process.cpuSeconds)
        writer.family("process_open_fds", .gauge, help: "Open file descriptors.")
        writer.sample(process.openDescriptors)
        writer.family("process_max_fds", .gauge, help: "Maximum number of open file descriptors.")
        writer.sample(process.maximumDescriptors)
        writer.family(
            "process_resident_memory_bytes", .gauge, unit: "bytes", help: "Resident memory.")
        writer.sample(process.residentBytes)
        writer.family(
            "process_virtual_memory_bytes", .gauge, unit: "bytes", help: "Virtual memory.")
        writer.sample(process.virtualBytes)
        writer.family(
            "process_start_time_seconds", .gauge, unit: "seconds",
            help: "When the process started, since 1970-01-01T00:00:00Z.")
        writer.sample(Double(startedAt.milliseconds) / 1_000)
    }
}

extension Route {
    /// Whether a listener ever answers by this route.
    fileprivate func isServed(by kind: ListenerKind) -> Bool {
        switch self {
        case .health, .readiness, .openAPI, .operation, .statusPage, .pages, .none, .malformed:
            true
        case .entries, .entriesPreflight, .challenge: kind == .public
        case .metrics, .status, .clients, .operations, .campaigns, .trafficNotice, .evidence,
            .robots, .export, .standing, .notes, .reset, .keys, .tokens, .webhooks, .permits,
            .events, .clock, .calendar, .incidents, .maintenance, .forceMajeure, .corrections,
            .changes, .probes, .availability, .statement, .cluster:
            kind == .admin
        }
    }
}

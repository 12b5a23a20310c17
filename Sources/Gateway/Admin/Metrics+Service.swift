internal import Availability
internal import Exposition
internal import Ledger
internal import Projections
internal import Synchronization
internal import Time

/// The families that tell what concerns the service: incidents, maintenance, force majeure.
extension Metrics {
    func writeService(_ writer: inout MetricsWriter) {
        let records = shared.projected.catalogue.service.records
        let now = shared.ledgerTime
        writer.family(
            "portillon_incidents", .gauge, help: "Incidents that are not resolved (C12).")
        for severity in IncidentSeverity.allCases {
            for state in [Incident.State.open, .acknowledged] {
                let count = records.incidents.all.count {
                    $0.severity == severity && $0.state == state
                }
                writer.sample(count) { labels in
                    labels.add("severity", severity.rawValue)
                    labels.add("state", state.rawValue)
                }
            }
        }
        writer.family(
            "portillon_incidents_overdue", .gauge,
            help: "Incidents that nobody works on although that is due (C11).")
        for severity in IncidentSeverity.allCases {
            let count = records.incidents.all.count {
                $0.severity == severity && $0.isOverdue(at: now)
            }
            writer.sample(count) { $0.add("severity", severity.rawValue) }
        }
        writer.family(
            "portillon_maintenance_running", .gauge, help: "Maintenance that is done now (C13).")
        for kind in MaintenanceKind.allCases {
            let count = records.maintenance.all.count {
                $0.kind == kind && $0.state(at: now) == .running
            }
            writer.sample(count) { $0.add("kind", kind.rawValue) }
        }
        writer.family(
            "portillon_force_majeure", .gauge, help: "Periods of force majeure that last (C14).")
        writer.sample(
            records.forceMajeure.all.count { $0.ends == nil && $0.starts <= now })
    }
}

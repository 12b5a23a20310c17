internal import Exposition

/// The families that tell of the control side's places: how many are taken, and who got none.
extension Metrics {
    func writePlaces(_ writer: inout MetricsWriter) {
        writer.family(
            "portillon_admin_requests_in_progress", .gauge,
            help: "Admin requests in progress, by class.")
        for work in ControlWork.allCases {
            writer.sample(UInt64(places.inProgress(work))) { $0.add("class", work.label) }
        }
        writer.family(
            "portillon_admin_requests_refused", .counter,
            help: "Admin requests refused for lack of a place, by class and limit.")
        for work in ControlWork.allCases {
            for reason in ControlRefusal.allCases {
                writer.sample(places.refusals(work, reason)) { labels in
                    labels.add("class", work.label)
                    labels.add("limit", reason.label)
                }
            }
        }
    }
}

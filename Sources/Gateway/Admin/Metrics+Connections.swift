internal import Exposition
internal import LockFree

/// The families that tell of connections: how many, what ended them, what they hold.
extension Metrics {
    func writeConnections(_ writer: inout MetricsWriter) {
        writer.family("portillon_connections", .gauge, help: "Open connections.")
        for kind in ListenerKind.allCases {
            let open = sum(over: kind) { shared.instruments.connections(lane: $0) }
            writer.sample(open) { $0.add("listener", kind.label) }
        }
        writer.family(
            "portillon_parked_bytes", .gauge, unit: "bytes",
            help: "Memory held for incomplete requests, TLS handshakes and unread answers.")
        for kind in ListenerKind.allCases {
            let held = sum(over: kind) { shared.instruments.parkedBytes(lane: $0) }
            writer.sample(held) { $0.add("listener", kind.label) }
        }
        writer.family(
            "portillon_tls_parked_bytes", .gauge, unit: "bytes",
            help: "The part of portillon_parked_bytes held for incomplete handshakes and records.")
        for kind in ListenerKind.allCases {
            let held = sum(over: kind) { shared.instruments.sessionBytes(lane: $0) }
            writer.sample(held) { $0.add("listener", kind.label) }
        }
        writer.family(
            "portillon_connections_refused", .counter,
            help: "Connections refused by a limit, or delayed until a descriptor is free."
        )
        for kind in ListenerKind.allCases {
            for refusal in ConnectionRefusal.allCases {
                writer.sample(shared.instruments.refusedConnections(refusal, kind)) { labels in
                    labels.add("listener", kind.label)
                    labels.add("limit", refusal.label)
                }
            }
        }
        writer.family(
            "portillon_connections_ended", .counter,
            help: "Connections that the gateway ended, by limit.")
        for kind in ListenerKind.allCases {
            for limit in ConnectionLimit.allCases {
                writer.sample(shared.instruments.ended(by: limit, kind)) { labels in
                    labels.add("listener", kind.label)
                    labels.add("limit", limit.label)
                }
            }
        }
        writer.family(
            "portillon_proxy_connections_refused", .counter,
            help: "Connections closed for a missing or invalid PROXY header, by reason.")
        for refusal in ProxyRefusal.allCases {
            writer.sample(shared.instruments.refusedProxies(refusal)) {
                $0.add("reason", refusal.label)
            }
        }
    }

    private func sum(over kind: ListenerKind, _ value: (Int) -> Int) -> Int {
        let lanes = kind == .admin ? [shared.adminLane] : Array(shared.workerLanes.indices)
        return lanes.reduce(0) { $0 + value($1) }
    }
}

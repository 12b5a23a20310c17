internal import AdminClient
internal import Bytes
internal import Cluster
internal import Foundation
internal import Wire

/// What a member of the engine says in its metrics.
struct EngineMetrics {
    let quotaBytes: Int64?
    /// How often it has synced its log.
    let syncs: Double?

    private static var seconds: Double { 1 }
    private static var maximumBytes: Int { 4 << 20 }

    /// Asks a member, for a second at most.
    /// - Returns: nil where it does not show them.
    init?(of endpoint: EtcdEndpoint, _ configuration: ClusterConfiguration) {
        let deadline = AdminClient.Deadline(seconds: Self.seconds)
        let text: String
        do {
            let client = try HTTPClient(
                BaseURL("\(endpoint)"), trust: configuration.engineFiles,
                limits: ResponseLimits(bodyBytes: Self.maximumBytes))
            var exchange = try HTTPExchange(client, HTTPRequest("GET", ["metrics"]), by: deadline)
            guard try exchange.head(by: deadline).status == 200 else { return nil }
            var body = ByteBuffer(capacity: 256 << 10)
            while try exchange.read(into: &body, by: deadline) {}
            text = body.bytes.text
        } catch {
            return nil
        }
        quotaBytes = Self.value("etcd_server_quota_backend_bytes", in: text)
            .flatMap { Int64(exactly: $0) }
        syncs = Self.value("etcd_disk_wal_fsync_duration_seconds_count", in: text)
    }

    private static func value(_ name: String, in text: String) -> Double? {
        for line in text.split(separator: "\n") where line.hasPrefix(name + " ") {
            return Double(line.dropFirst(name.count + 1))
        }
        return nil
    }
}

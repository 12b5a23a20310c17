import Foundation

/// What a member shows over HTTP: figures of `/metrics`, and the command line of `/debug/vars`.
struct EtcdPage: Equatable {
    /// Syncs of its log since it started.
    var syncs: Double?
    /// Bytes that its database may have.
    var quotaBytes: Int64?
    /// Its arguments, without the program's own name; nil where it does not show them.
    var arguments: [String]?

    /// - Parameters:
    ///   - metrics: the body of `/metrics`, in Prometheus' text format.
    ///   - variables: the body of `/debug/vars`, JSON.
    init(metrics: [UInt8]?, variables: [UInt8]?) {
        let text = metrics.map { String(decoding: $0, as: UTF8.self) } ?? ""
        syncs = Self.value("etcd_disk_wal_fsync_duration_seconds_count", in: text)
        // A gauge; the text format writes large ones as 8.589934592e+09.
        quotaBytes = Self.value("etcd_server_quota_backend_bytes", in: text)
            .flatMap { Int64(exactly: $0) }
        guard let variables else { return }
        // What is no JSON shows no command line.
        let object = try? JSONSerialization.jsonObject(with: Data(variables))
        arguments = ((object as? [String: Any])?["cmdline"] as? [String])
            .map { Array($0.dropFirst()) }
    }

    private static func value(_ name: String, in text: String) -> Double? {
        for line in text.split(separator: "\n") where line.hasPrefix(name + " ") {
            return Double(line.dropFirst(name.count + 1))
        }
        return nil
    }

    /// What the command line sets a flag to; "" where it stands alone; nil without it. The
    /// environment and a configuration file, which may set it too, are not shown by etcd.
    func flag(_ name: String) -> String? {
        guard let arguments else { return nil }
        for (place, argument) in arguments.enumerated() {
            let parts = argument.split(separator: "=", maxSplits: 1)
            guard let given = parts.first, given == "--" + name || given == "-" + name else {
                continue
            }
            if parts.count == 2 { return String(parts[1]) }
            let next = place + 1 < arguments.count ? arguments[place + 1] : ""
            return next.hasPrefix("-") ? "" : next
        }
        return nil
    }
}

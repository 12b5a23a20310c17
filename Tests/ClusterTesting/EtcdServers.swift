package import Cluster
internal import Foundation
internal import Glibc
internal import TestSupport

/// Members of etcd that a test runs on loopback, from the machine's own package; they end with it.
package final class EtcdServers {
    /// Certificates' files for its clients' side.
    package struct TLS {
        let certificate: String
        let key: String
        let authorities: String

        package init(certificate: String, key: String, authorities: String) {
            self.certificate = certificate
            self.key = key
            self.authorities = authorities
        }
    }

    package static let isInstalled = program != nil
    package static let skipReason = "etcd is not installed: apt-get install etcd-server"

    package let endpoints: [EtcdEndpoint]
    private let folder = TemporaryDirectory()
    private let arguments: [[String]]
    private var processes: [Process?]

    private static let program = ["/usr/bin/etcd", "/usr/local/bin/etcd"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// - Parameter options: for each member, beside what makes it one.
    package init(_ count: Int, tls: TLS? = nil, options: [String] = []) throws {
        let ports = try (0..<2 * count).map { _ in try LoopbackPorts.take() }
        let scheme = tls == nil ? "http" : "https"
        endpoints = ports.prefix(count).map {
            EtcdEndpoint(isSecure: tls != nil, host: "127.0.0.1", port: $0)
        }
        let peers = ports.dropFirst(count).map { "http://127.0.0.1:\($0)" }
        let cluster = peers.enumerated().map { "m\($0)=\($1)" }.joined(separator: ",")
        let directory = folder.path
        arguments = peers.enumerated().map { index, peer in
            let client = "\(scheme)://127.0.0.1:\(ports[index])"
            var list = [
                "--name", "m\(index)", "--data-dir", "\(directory)/m\(index)",
                "--listen-client-urls", client, "--advertise-client-urls", client,
                "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
                "--initial-cluster", cluster, "--heartbeat-interval", "100",
                "--election-timeout", "1000", "--snapshot-count", "1000", "--pre-vote=true",
                "--logger", "zap",
            ]
            if let tls {
                list += ["--cert-file", tls.certificate, "--key-file", tls.key]
                list += ["--client-cert-auth", "--trusted-ca-file", tls.authorities]
            }
            return list + options
        }
        processes = Array(repeating: nil, count: count)
        for index in 0..<count { try start(index) }
    }

    deinit {
        for index in processes.indices { kill(index) }
    }

    /// Their URLs, as a command line takes them.
    package var urls: [String] { endpoints.map { "\($0)" } }

    package func start(_ index: Int) throws {
        guard let program = Self.program else { throw Failure(description: Self.skipReason) }
        let log = folder.path("m\(index).log")
        if !FileManager.default.fileExists(atPath: log) {
            try Data().write(to: URL(filePath: log))
        }
        let file = try FileHandle(forWritingTo: URL(filePath: log))
        try file.seekToEnd()
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments[index]
        // Nothing of the machine's own configuration (`ETCD_…`).
        process.environment = ["PATH": "/usr/bin:/bin"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = file
        process.standardError = file
        try process.run()
        processes[index] = process
    }

    /// Ends a member as a loss of power does its process.
    package func kill(_ index: Int) {
        guard let process = processes[index] else { return }
        processes[index] = nil
        _ = Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Where a member keeps its database and its log.
    package func dataFolder(_ index: Int) -> String { folder.path("m\(index)") }

    /// What a member wrote to its log.
    package func log(_ index: Int) -> String { folder.text("m\(index).log") }

    /// The place of the member that leads, as soon as all that run agree on one.
    package func leader(_ trust: EtcdTrust = .none, withinSeconds seconds: Double = 60) -> Int? {
        let limit = Waiting(seconds: seconds)
        while !limit.isOver {
            var found: [(place: Int, status: EtcdStatus)] = []
            for index in endpoints.indices where processes[index] != nil {
                var client = EtcdClient(endpoints[index], trust)
                // A member that does not answer yet is asked again.
                guard let status = try? client.status(Waiting(seconds: 2)) else { continue }
                found.append((index, status))
            }
            let running = processes.count { $0 != nil }
            let leaders = Set(found.map { $0.status.leader })
            if found.count == running, leaders.count == 1,
                let leader = found.first(where: { $0.status.member == $0.status.leader })
            {
                return leader.place
            }
            usleep(20_000)
        }
        return nil
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }
}

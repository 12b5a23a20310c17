import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("The memory of a gateway that makes snapshots")
    struct SnapshotMemoryTests {
        /// Records from one snapshot to the next.
        private static let records = 1_600
        /// Bytes for the entries of one snapshot. To read the snapshot before took 4 MiB, which the
        /// C library kept.
        private static let growth = 3 << 20

        @Test("what a snapshot needs goes back to the kernel")
        func returned() throws {
            let options = ["--limit", "snapshot_records=\(Self.records)"]
            try withGateway(options: options) { gateway in
                let operation = try gateway.openOperation()
                var most = Int.max
                for number in 1...3 {
                    try enter(Self.records + 200, run: "r\(number)", gateway, operation)
                    #expect(
                        eventually(withinSeconds: 120) {
                            gateway.lastSnapshotRecord >= number * Self.records
                        })
                    // Once its second state is gone.
                    #expect(
                        try eventually(withinSeconds: 60) {
                            try gateway.memory("RssAnon") < most
                        })
                    most = try gateway.memory("RssAnon") + Self.growth
                }
                #expect(try gateway.stop() == .exit(0), "\(gateway.errors)")
            }
        }

        private func enter(
            _ count: Int, run: String, _ gateway: Gateway, _ operation: Operation
        ) throws {
            let writers = Writers()
            writers.start(
                4, run: run, port: gateway.port, operation: operation, limit: count / 4)
            #expect(writers.join(withinSeconds: 300))
        }
    }
}

extension Gateway {
    /// The last record that the newest snapshot holds; 0 without one.
    fileprivate var lastSnapshotRecord: Int {
        // There may be no folder yet.
        let names = try? FileManager.default.contentsOfDirectory(atPath: data + "/snapshots")
        return (names ?? []).filter { $0.hasSuffix(".snapshot") }
            .compactMap { Int($0.dropLast(".snapshot".count)) }.max() ?? 0
    }
}

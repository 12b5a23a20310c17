import Evidence
import Files
import Foundation
import Ledger
import Logging
import Projections
import Snapshots
import Synchronization
import TestSupport
import Testing

@testable import Gateway

@Suite("The thread that makes snapshots")
struct SnapshotThreadTests {
    @Test("where the tables do not fit in memory a second time, it says so and begins none")
    func noMemory() throws {
        let folder = try TestFolder()
        var limits = TestGateway.limits
        limits.snapshotRecords = 10
        let messages = Messages()
        let shared = try Shared(
            limits: limits, workers: 1,
            state: Projections(catalogue: Catalogue(), evidence: EvidenceIndex()).state,
            logger: Logger(label: "tests") { _ in RecordingLog(messages) })
        shared.tableBytes.store(1_000_000, ordering: .relaxed)
        shared.durableRecords.store(10, ordering: .releasing)
        let thread = try SnapshotThread(
            shared, SnapshotFolder(data: folder.path), after: 0, availableBytes: { 1_000_000 })
        try thread.start()
        let line = messages.next()
        thread.stop()
        #expect(
            line.hasPrefix("wrote no snapshot: the participants do not fit in memory"), "\(line)")
        #expect(line.contains("1000000") && line.contains("900000"), "\(line)")
        #expect(!File.exists(folder.path + "/snapshots"))
    }

    @Test("what is available is the least of the machine's and of each group's")
    func available() throws {
        let directory = TemporaryDirectory()
        let memory = AvailableMemory(
            processes: directory.path("proc"), groups: directory.path("groups"))
        #expect(memory.bytes == nil)
        try write("proc/meminfo", "MemTotal:  9000 kB\nMemAvailable:   5000 kB\n")
        #expect(memory.bytes == 5000 << 10)
        try write("proc/self/cgroup", "1:name=x:/y\n0::/a/b\n")
        try write("groups/a/b/memory.max", "max\n")
        try write("groups/a/b/memory.current", "77\n")
        #expect(memory.bytes == 5000 << 10)
        try write("groups/a/memory.max", "1000000\n")
        try write("groups/a/memory.current", "900000\n")
        try write("groups/a/memory.stat", "anon 5\ninactive_file 300000\n")
        #expect(memory.bytes == 400_000)
        // In a container the group's root has a limit.
        try write("proc/self/cgroup", "0::/\n")
        try write("groups/memory.max", "100\n")
        try write("groups/memory.current", "300\n")
        #expect(memory.bytes == 0)
        // This machine says something.
        #expect((AvailableMemory().bytes ?? 0) > 0)

        func write(_ name: String, _ text: String) throws {
            let url = URL(filePath: directory.path(name))
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: url, atomically: false, encoding: .utf8)
        }
    }
}

/// Messages of a log, for one that waits for them.
private final class Messages: Sendable {
    private let lines = Mutex<[String]>([])
    private let count = DispatchSemaphore(value: 0)

    func add(_ line: String) {
        lines.withLock { $0.append(line) }
        count.signal()
    }

    /// Waits for the next one.
    func next() -> String {
        count.wait()
        return lines.withLock { $0.removeFirst() }
    }
}

private struct RecordingLog: LogHandler {
    var logLevel = Logger.Level.warning
    var metadata: Logger.Metadata = [:]
    private let messages: Messages

    init(_ messages: Messages) {
        self.messages = messages
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        messages.add("\(event.message) \(event.metadata ?? [:])")
    }
}

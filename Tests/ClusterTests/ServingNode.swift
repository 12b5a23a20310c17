import Bytes
import Cluster
import Files
import Log
import Sockets
import TestSupport
import Testing
import Time

/// A node with a journal on disk, whose batches other nodes may have over real links.
final class ServingNode {
    let status: ClusterStatus
    /// Where it is reached.
    let address: SocketAddress
    private let folder: TemporaryDirectory
    private let server: LinkServer

    var journal: String { Self.journal(in: folder) }

    private static func journal(in folder: TemporaryDirectory) -> String { folder.path("journal") }

    /// - Parameters:
    ///   - hasJournal: false for a node that keeps none on disk.
    ///   - make: writes its journal into a folder that is not there yet.
    init(
        _ node: String, hasJournal: Bool = true, _ make: (_ journal: String) throws -> Void
    ) throws {
        folder = TemporaryDirectory(isInMemory: true)
        let listener = try Listener(on: try #require(SocketAddress("127.0.0.1:0")))
        address = listener.address
        status = ClusterStatus(node: node, address: "\(address)")
        status.isPartOfLog = true
        let journal = Self.journal(in: folder)
        try make(journal)
        server = try LinkServer(status, .none, journal: hasJournal ? journal : nil)
        try server.start(listener)
    }

    func stop() { server.stop() }

    /// Removes the older segments, as they are archived; the newest stays.
    /// - Returns: the first record that is left.
    func archive() throws -> UInt64 {
        let segments = try LogReader.segments(in: journal)
        let newest = try #require(segments.last)
        try #require(segments.count > 1)
        for segment in segments.dropLast() {
            _ = try File.remove(journal + "/" + segment.name)
        }
        return newest.firstSequence
    }

    /// Its batches from a record on, in order.
    func batches(from first: UInt64 = 1) throws -> [[UInt8]] {
        var found: [[UInt8]] = []
        _ = try LogReader.read(directory: journal, from: first) { found.append($0.bytes.array) }
        return found
    }

    /// Segments that a few batches fill.
    static func options(batchBytes: Int = 16 << 10) -> LogOptions {
        var options = LogOptions()
        options.maximumBatchBytes = batchBytes
        options.segmentBytes = 4 * batchBytes
        return options
    }

    /// Appends batches of one record each.
    static func commit(_ count: Int, bytes: Int, to log: inout Log) throws {
        for number in 0..<count {
            let hasRoom = log.ensureSpace()
            try #require(hasRoom)
            let content = [UInt8](
                repeating: UInt8(truncatingIfNeeded: number) | 1, count: bytes)
            log.append(kind: 1) { buffer in content.withBytes { buffer.append($0) } }
            try log.commit(at: Timestamp(milliseconds: 5))
        }
    }
}

/// What a link has brought in the end.
struct Brought {
    var batches: [[UInt8]] = []
    var ending: BatchesEnd?
    var lost: String?

    /// Reads until the other end has said that nothing more comes, or the link is lost.
    /// - Parameter meanwhile: called behind each reading.
    static func all(over link: BatchLink, _ meanwhile: () -> Void = {}) -> Brought {
        var brought = Brought()
        let limit = Waiting(seconds: 120)
        while brought.ending == nil, brought.lost == nil, !limit.isOver {
            let received = link.receive(seconds: 0.1)
            brought.batches += received.batches
            brought.ending = received.ending
            brought.lost = received.lost
            meanwhile()
        }
        return brought
    }
}

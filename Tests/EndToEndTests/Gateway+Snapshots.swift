import Foundation
import TestSupport
import Testing

extension Gateway {
    /// The paths of its snapshots, the oldest first.
    var snapshots: [String] {
        // There may be no folder yet.
        let names = try? FileManager.default.contentsOfDirectory(atPath: data + "/snapshots")
        return (names ?? []).filter { $0.hasSuffix(".snapshot") }.sorted()
            .map { data + "/snapshots/" + $0 }
    }

    /// The last line with this text of its log since its last start, once there is one: a thread
    /// of its own writes the log.
    func line(_ text: String) -> String? {
        var found: String?
        _ = eventually(withinSeconds: 30) {
            found = errorsOfStart.split(separator: "\n").last { $0.contains(text) }.map(String.init)
            return found != nil
        }
        return found
    }

    /// The last record of the snapshot that its last start began with, 0 for none; -1 where it did
    /// not say.
    var lastSnapshot: Int {
        guard let line = line("\"message\":\"recovered\"") else { return -1 }
        // What is no JSON says nothing either.
        let json = try? JSONDecoder().decode(JSON.self, from: Data(line.utf8))
        return json?["snapshot"]?.integer ?? -1
    }

    /// Bytes of the journal as the status has them, which soon are those of the segments on disk: a
    /// segment that is new there is counted a little later.
    func journalBytes() throws -> Int {
        var bytes = 0
        let isSame = try eventually(withinSeconds: 30) {
            let status = try admin("GET", "/v1/status")
            bytes = try #require(status.json["journal_bytes"]?.integer, "\(status)")
            return bytes == segmentBytes()
        }
        #expect(isSame, "\(bytes) bytes are counted, \(segmentBytes()) are on disk")
        return bytes
    }

    /// Bytes of the segments on disk, once no segment is being prepared.
    private func segmentBytes() -> Int {
        let folder = data + "/journal"
        var bytes = 0
        _ = eventually(withinSeconds: 30) {
            // What is gone by then is not counted.
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            let segments = names.filter { $0.hasSuffix(".segment") || $0 == "next.preparing" }
            let sizes = segments.map { name in
                // As above.
                let attributes = try? FileManager.default.attributesOfItem(
                    atPath: folder + "/" + name)
                return attributes?[.size] as? Int ?? 0
            }
            bytes = sizes.reduce(0, +)
            return sizes.allSatisfy { $0 == 1 << 20 }
        }
        return bytes
    }
}

import TestSupport
import Testing
import Wire

@testable import Gateway

@Suite("The limits")
struct LimitsTests {
    @Test("the defaults are within their ranges and do not contradict each other")
    func defaults() {
        let limits = Limits()
        #expect(limits.contradictions.isEmpty)
        for setting in Limits.settings {
            #expect(setting.range.contains(limits[keyPath: setting.path]), "\(setting.name)")
        }
    }

    @Test("each setting has a name and a place of its own")
    func settings() {
        #expect(Set(Limits.settings.map(\.name)).count == Limits.settings.count)
        for (index, setting) in Limits.settings.enumerated() {
            #expect(setting.name.utf8.allSatisfy { $0 == 0x5F || (0x61...0x7A).contains($0) })
            var limits = Limits()
            limits[keyPath: setting.path] = -1
            let changed = Limits.settings.indices.filter {
                limits[keyPath: Limits.settings[$0].path] == -1
            }
            #expect(changed == [index], "\(setting.name)")
        }
    }

    @Test(
        "what does not fit together is named",
        arguments: Self.mistakes)
    func contradictions(name: String, change: @Sendable (inout Limits) -> Void) {
        var limits = Limits()
        change(&limits)
        #expect(limits.contradictions.count == 1)
        #expect(limits.contradictions.first?.contains("limits.\(name)") == true)
    }

    private static let mistakes: [(String, @Sendable (inout Limits) -> Void)] = [
        ("request_line_bytes", { $0.requestLineBytes = $0.headBytes + 1 }),
        ("request_line_bytes", { $0.requestLineBytes = $0.headBytes }),
        ("request_line_bytes", { $0.requestLineBytes = $0.headBytes - 5 }),
        ("fields_bytes", { $0.entryBodyBytes = $0.fieldsBytes }),
        ("journal_batch_bytes", { $0.journalSegmentBytes = $0.journalBatchBytes }),
        ("journal_batch_bytes", { $0.journalBatchBytes += 1 }),
        ("journal_segment_bytes", { $0.journalSegmentBytes += 256 }),
        ("table_bytes", { $0.tableBytes = (1 << 20) - 1 }),
        ("admin_connections_per_address", { $0.adminConnectionsPerAddress = 129 }),
        ("admin_connections_per_token", { $0.adminConnectionsPerToken = 256 }),
        ("unauthenticated_connections", { $0.unauthenticatedConnections = 129 }),
        ("admin_requests_per_token", { $0.adminRequestsPerToken = 33 }),
        ("event_streams", { $0.eventStreams = $0.adminConnections }),
        ("command_ring_bytes", { $0.commandRingBytes = $0.entryBodyBytes * 4 }),
    ]

    @Test("shares that are not set follow what they are shares of")
    func shares() {
        var limits = Limits()
        for connections in [4, 16, 256, 16_384] {
            limits.adminConnections = connections
            #expect(limits.contradictions.isEmpty)
            #expect(limits.unauthenticatedShare == connections / 2)
            #expect(limits.tokenConnectionsShare == connections / 4)
            #expect(limits.connectionsPerAddress(.admin) == min(connections / 4, 1_024))
        }
        limits.adminConnectionsPerAddress = 7
        #expect(limits.connectionsPerAddress(.admin) == 7)
        #expect(limits.connectionsPerAddress(.public) == 1_024)
        limits.adminRequestsAtOnce = 1
        #expect(limits.requestsShare == 1 && limits.contradictions.isEmpty)
    }

    @Test("limits without a contradiction are limits that the parser takes")
    func parserTakesThem() {
        var random = SeededGenerator.printed()
        for _ in 0..<2_000 {
            var limits = Limits()
            for setting in Limits.settings where Bool.random(using: &random) {
                let ends = [setting.range.lowerBound, setting.range.upperBound]
                limits[keyPath: setting.path] =
                    ends.randomElement(using: &random) ?? setting.range.lowerBound
            }
            guard limits.contradictions.isEmpty else { continue }
            // It traps for limits that do not fit together.
            _ = HTTPLimits(
                requestLineBytes: limits.requestLineBytes, headBytes: limits.headBytes,
                fieldCount: limits.headFields, bodyBytes: limits.adminBodyBytes)
            let durations = Deadline.durations(limits)
            #expect(durations.count == Deadline.allCases.count)
            // All are seconds but the last, the notice of a drain.
            #expect(durations.dropLast().allSatisfy { $0 >= 1_000 })
        }
    }
}

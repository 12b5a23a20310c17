import Foundation
import Synchronization
import Testing

/// Has a test of a cluster run again where it failed and the leader's process had stood still for
/// the second after which another node takes its office: that is a right failover, and not the one
/// that the test is about. A fault of the gateway's fails the last time as well.
struct SteadyCluster: TestTrait, SuiteTrait, TestScoping {
    var isRecursive: Bool { true }
    private static let attempts = 3

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        for attempt in 1...Self.attempts {
            ClusterLogs.forget()
            let isLast = attempt == Self.attempts
            let hasFailed = Mutex(false)
            try await withKnownIssue(isIntermittent: true) {
                try await function()
            } matching: { _ in
                guard !isLast, ClusterLogs.tellOfStandstill else { return false }
                hasFailed.withLock { $0 = true }
                return true
            }
            if !hasFailed.withLock({ $0 }) { return }
        }
    }
}

extension Trait where Self == SteadyCluster {
    static var onSteadyCluster: SteadyCluster { SteadyCluster() }
}

/// What the nodes of a test's clusters wrote, also when they are gone.
enum ClusterLogs {
    private struct State {
        var paths: [String] = []
        var hasTold = false
    }

    private static let state = Mutex(State())
    private static let sign = "is silent; this node takes office"

    static func forget() { state.withLock { $0 = State() } }

    static func add(_ paths: [String]) { state.withLock { $0.paths += paths } }

    /// Whether a node found the leader silent. It is remembered, for the files go with the cluster.
    static var tellOfStandstill: Bool {
        state.withLock { state in
            state.hasTold =
                state.hasTold
                || state.paths.contains { path in
                    // One that is gone was read before.
                    let text = try? String(contentsOfFile: path, encoding: .utf8)
                    return text?.contains(sign) ?? false
                }
            return state.hasTold
        }
    }
}

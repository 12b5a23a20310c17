import Bytes
import Cluster
import Synchronization
import TestSupport
import Testing
import Wire

@testable import Gateway

@Suite("What rests on a leader's office and on no append", .onOwnThread)
struct OfficeProofTests {
    @Test("a leader that cannot prove its office gives no export, and says so to other nodes")
    func unproven() throws {
        let leader = try LinkLeader(isProven: false)
        let shared = leader.bench.shared
        shared.answerSeconds.store(1, ordering: .relaxed)
        let (control, desk) = (leader.bench.control, CommandDesk(leader.bench.control))
        var question = ByteBuffer(capacity: 64)
        try ForwardedCommand(number: 7, record: []).append(to: &question)
        let bytes = question.bytes.array
        /// What an export at the leader, and another node's question, come to.
        func ask() -> [String?] {
            let own = Mutex<String?>(nil)
            let told = Mutex<String?>(nil)
            Task {
                do throws(Problem) {
                    try await control.catchUp()
                    own.withLock { $0 = "it has all" }
                } catch {
                    own.withLock { $0 = error.code }
                }
            }
            let isTaken = desk.take(bytes) { outcome in
                let read = outcome.withBytes { ForwardedOutcome($0) }
                told.withLock { told in
                    switch read?.result {
                    case .outcome(.decided(.success, _)): told = "it has all"
                    case .outcome(.handedOver): told = "ask another"
                    default: told = "?"
                    }
                }
            }
            #expect(isTaken)
            _ = eventually(withinSeconds: 30) {
                own.withLock { $0 } != nil && told.withLock { $0 } != nil
            }
            return [own.withLock { $0 }, told.withLock { $0 }]
        }
        #expect(ask() == ["log_unavailable", "ask another"])
        shared.cluster?.proveForGood()
        #expect(ask() == ["it has all", "it has all"])
        shared.cluster?.state = .handingOver
        #expect(ask() == ["not_leading", "ask another"])
        leader.end()
    }
}

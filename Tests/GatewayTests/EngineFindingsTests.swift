import Testing

@testable import Gateway

@Suite("What a node says of its cluster's etcd")
struct EngineFindingsTests {
    private typealias Member = EngineView.Member

    private func member(_ number: Int, _ change: (inout Member) -> Void = { _ in }) -> Member {
        var member = EngineView.Member(url: "http://10.0.0.\(number):2379")
        member.version = "3.4.23"
        member.cluster = 9
        member.hasSynced = true
        member.alarms = []
        change(&member)
        return member
    }

    private func said(
        voting: Int? = 3, isProbed: Bool = true, _ members: [EngineView.Member]
    ) -> [String] {
        let view = EngineView(
            votingMembers: voting, members: members,
            probedAt: isProbed ? "2026-11-20T12:00:00Z" : nil)
        return EngineFindings(view).all.map { ($0.isError ? "error " : "warning ") + $0.text }
    }

    @Test("nothing of one that is as it should be, nor of members that do not answer")
    func nothing() {
        #expect(said([member(1), member(2), member(3)]).isEmpty)
        var silent = Member(url: "http://10.0.0.1:2379")
        silent.failure = "no answer"
        #expect(said(voting: nil, [silent]).isEmpty)
    }

    @Test("too few voting members, an even number, versions, alarms")
    func engine() {
        let all = [member(1), member(2), member(3)]
        #expect(said(voting: 1, all).first?.contains("not highly available: etcd has 1") == true)
        #expect(said(voting: 2, all).count == 1 && said(voting: 4, all).count == 1)
        #expect(
            said([member(1), member(2), member(3) { $0.version = "3.5.9" }]) == [
                "warning etcd's members run different versions (3.4.23, 3.5.9): finish the upgrade"
            ])
        let old = (1...3).map { member($0) { $0.version = "3.3.27" } }
        #expect(said(old) == ["error etcd 3.3.27 is older than 3.4: upgrade it"])
        let full = said([member(1) { $0.alarms = ["NOSPACE"] }, member(2), member(3)])
        #expect(full == ["error http://10.0.0.1:2379 raises an alarm: NOSPACE"])
    }

    @Test("members of several clusters, which a start refuses")
    func clusters() {
        #expect(EngineFindings.areOfSeveral([9, 9, 8]))
        #expect(!EngineFindings.areOfSeveral([9, 9]) && !EngineFindings.areOfSeveral([]))
        let found = said([member(1), member(2), member(3) { $0.cluster = 8 }])
        #expect(found == ["error \(EngineFindings.severalClusters)"])
    }

    @Test("one that does not sync is an error once it was probed, and one that hides it a warning")
    func syncs() {
        let lazy = [member(1), member(2) { $0.hasSynced = false }, member(3)]
        #expect(said(lazy).first?.hasPrefix("error http://10.0.0.2:2379 does not sync") == true)
        #expect(said(isProbed: false, lazy).isEmpty)
        let hiding = said([member(1), member(2), member(3) { $0.hasSynced = nil }])
        #expect(hiding.first?.hasPrefix("warning http://10.0.0.3:2379 does not say") == true)
    }
}

import Addresses
import AllocationCounter
import Bytes
import Cryptography
import Foundation
import Ledger
import Testing
import Time
import Vault

@testable import Gateway

@Suite("A permit's text and its pace (C7)")
struct PermitTokenTests {
    private let key = OperationKeys.permitKey(OperationSecrets())

    /// A permit as the ledger keeps it.
    private func permit(
        perSecond: UInt32 = 100, addresses: [String] = []
    ) throws -> Catalogue.Permit {
        var ledger = Ledger()
        let now = Timestamp(milliseconds: 1_795_176_000_000)
        let settings = OperationSettings(
            client: "acme", title: "T", rule: .once, robots: .off, policy: .advise)
        let terms = PermitTerms(
            operation: "ete", perSecond: perSecond, starts: now,
            ends: now.advanced(byMilliseconds: 1_000), addresses: addresses)
        for command in [
            .contract(.putClient(id: "acme", name: "Acme")),
            .operation(.put(id: "ete", settings: settings, dataKeyID: "d")),
            .permit(.issue(permitID: "pt-1", terms)),
        ] as [AdministrativeCommand] {
            _ = try ledger.apply(command, by: .admin, at: now)
        }
        return ledger.catalogue.permits[0]
    }

    private func read(_ text: String) -> PermitToken? {
        var scratch = ByteBuffer(capacity: 32)
        return text.withBytes { PermitToken(text: $0, scratch: &scratch) }
    }

    @Test("its text is read back; with any character changed it is another, and not signed")
    func text() throws {
        let permit = try permit()
        let token = PermitToken(permit, index: 7, key: key)
        let text = token.text
        #expect(text.utf8.count == PermitToken.textBytes && text.hasPrefix("pm_"))
        #expect(read(text) == token)
        #expect(read(text).map { $0.isSigned(as: token) } == true)
        for place in text.indices {
            var changed = text
            changed.replaceSubrange(place...place, with: text[place] == "A" ? "B" : "A")
            #expect(read(changed)?.isSigned(as: token) != true, "\(changed)")
        }
        for wrong in ["", "pm_", text + "A", String(text.dropLast()), "pm " + text.dropFirst(3)] {
            #expect(read(wrong) == nil, "\(wrong)")
        }
    }

    @Test("the code is of all that the permit allows, and of the operation's key")
    func terms() throws {
        let token = PermitToken(try permit(), index: 7, key: key)
        for other in [
            PermitToken(try permit(perSecond: 101), index: 7, key: key),
            PermitToken(try permit(addresses: ["10.0.0.0/8"]), index: 7, key: key),
            PermitToken(try permit(), index: 8, key: key),
            PermitToken(try permit(), index: 7, key: OperationKeys.permitKey(OperationSecrets())),
        ] {
            #expect(other.code != token.code && !other.isSigned(as: token))
        }
        #expect(PermitToken(try permit(), index: 7, key: key) == token)
    }

    @Test("in any span of T seconds rate × (T + 1) entries pass at most, and an even pace passes")
    func pace() throws {
        let second: UInt64 = 1_000_000_000
        for perSecond: UInt32 in [1, 3, 100, 1_000_000] {
            let profile = PermitProfile(try permit(perSecond: perSecond), index: 0, key: key)
            let burst = (0..<2_000_000).prefix { _ in profile.countIfInPace(at: second) }.count
            // The length of one interval is cut off to nanoseconds.
            #expect(abs(burst - Int(perSecond)) <= 1, "\(perSecond): \(burst)")
        }
        let even = PermitProfile(try permit(perSecond: 100), index: 0, key: key)
        let passed = (0..<1_000).count { even.countIfInPace(at: second + UInt64($0) * 10_000_000) }
        #expect(passed == 1_000)
        // Twice as fast: the first second's worth and then every other one.
        let fast = PermitProfile(try permit(perSecond: 100), index: 0, key: key)
        let half = (0..<1_000).count { fast.countIfInPace(at: second + UInt64($0) * 5_000_000) }
        #expect((598...602).contains(half), "five seconds: \(half)")
    }

    @Test(
        "looking at a permit allocates nothing",
        .enabled(if: allocation_counter_counts(), "sanitizers have a malloc of their own"),
        .disabled(
            if: _isDebugAssertConfiguration(), "without optimisation, Swift allocates for closures")
    )
    func allocations() throws {
        let permit = PermitProfile(
            try permit(perSecond: 1_000_000, addresses: ["192.0.2.0/24"]), index: 0, key: key)
        let text = Array(permit.token.text.utf8)
        let address = try #require("192.0.2.7".withBytes { IPAddress(text: $0) })
        let now = Timestamp(milliseconds: 1_795_176_000_500)
        var scratch = ByteBuffer(capacity: 32)
        var passed = 0
        func look() {
            let token = text.withBytes { PermitToken(text: $0, scratch: &scratch) }
            guard let token, token.isSigned(as: permit.token),
                permit.refusal(of: permit.operation, at: now) == nil, permit.admits(address),
                permit.countIfInPace(at: 1_000_000_000)
            else { return }
            passed += 1
        }
        look()
        let before = allocation_counter_of_this_thread()
        for _ in 0..<100 { look() }
        #expect(allocation_counter_of_this_thread() == before)
        #expect(passed == 101)
    }

    @Test("where an entry may come from")
    func networks() throws {
        let bound = PermitProfile(
            try permit(addresses: ["192.0.2.0/24", "2001:db8::1"]), index: 0, key: key)
        #expect(bound.isBoundToNetworks)
        for (text, isIn) in [
            ("192.0.2.7", true), ("192.0.3.7", false), ("2001:db8::1", true),
            ("2001:db8::2", false),
        ] {
            let address = try #require(text.withBytes { IPAddress(text: $0) })
            #expect(bound.admits(address) == isIn, "\(text)")
        }
        let free = PermitProfile(try permit(), index: 0, key: key)
        #expect(!free.isBoundToNetworks)
    }
}

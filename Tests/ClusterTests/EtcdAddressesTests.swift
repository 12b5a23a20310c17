import Sockets
import Synchronization
import TestSupport
import Testing

@testable import Cluster

@Suite("Addresses of etcd's members, by name")
struct EtcdAddressesTests {
    /// A resolver that a test holds.
    private final class Resolver: Sendable {
        let calls = Atomic<Int>(0)
        let isHeld = Atomic<Bool>(false)
        let knowsNothing = Atomic<Bool>(false)
        private let first = SocketAddress("127.0.0.1:2379")
        private let later = SocketAddress("127.0.0.2:2379")

        func lookUp() throws(HostLookupError) -> [SocketAddress] {
            let number = calls.add(1, ordering: .relaxed).newValue
            while isHeld.load(ordering: .relaxed) { Waiting(seconds: 0.002).pass() }
            // No host is called so, which is known without asking anybody.
            let isAway = knowsNothing.load(ordering: .relaxed)
            if isAway { return try HostLookup.addresses(of: "\0", port: 1) }
            return [number == 1 ? first : later].compactMap { $0 }
        }
    }

    private let resolver = Resolver()
    private let endpoint = EtcdEndpoint(isSecure: false, host: "etcd-a", port: 2_379)

    private var patient: Waiting { Waiting(seconds: 60) }

    private func makeAddresses() -> EtcdAddresses {
        EtcdAddresses(freshSeconds: 0) { [resolver] _, _ throws(HostLookupError) in
            try resolver.lookUp()
        }
    }

    @Test("a name that is known is not waited for, and its new address is found in the end")
    func isKept() throws {
        let addresses = makeAddresses()
        let first = try addresses.addresses(of: endpoint, patient)
        #expect(first.map { "\($0)" } == ["127.0.0.1:2379"])
        resolver.isHeld.store(true, ordering: .relaxed)
        // The resolver answers nothing, and is asked once more and not each time.
        for _ in 0..<20 { #expect(try addresses.addresses(of: endpoint, patient) == first) }
        #expect(eventually { resolver.calls.load(ordering: .relaxed) == 2 })
        resolver.isHeld.store(false, ordering: .relaxed)
        let isFound = try eventually { try addresses.addresses(of: endpoint, patient) != first }
        #expect(isFound)
    }

    @Test("a name that is not found any more keeps its address; one that never was has none")
    func isAway() throws {
        let addresses = makeAddresses()
        resolver.knowsNothing.store(true, ordering: .relaxed)
        #expect(throws: GRPCError.self) { try addresses.addresses(of: endpoint, patient) }
        resolver.knowsNothing.store(false, ordering: .relaxed)
        let kept = try addresses.addresses(of: endpoint, patient)
        resolver.knowsNothing.store(true, ordering: .relaxed)
        let isAsked = try eventually {
            try addresses.addresses(of: endpoint, patient) == kept
                && resolver.calls.load(ordering: .relaxed) >= 5
        }
        #expect(isAsked)
    }

    @Test("a resolver that does not answer holds nobody beyond the call's time, nor its heartbeat")
    func isHeld() throws {
        let addresses = makeAddresses()
        resolver.isHeld.store(true, ordering: .relaxed)
        defer { resolver.isHeld.store(false, ordering: .relaxed) }
        var beats = 0
        let wait = Waiting(seconds: 0.5, meanwhile: { beats += 1 })
        #expect(throws: GRPCError.self) { try addresses.addresses(of: endpoint, wait) }
        #expect(beats >= 1)
        let now = Waiting(seconds: 0)
        #expect(throws: GRPCError.self) { try addresses.addresses(of: endpoint, now) }
        #expect(resolver.calls.load(ordering: .relaxed) <= 1, "one look-up at a time")
    }

    @Test("all names are looked up from the start on: later the resolver may be away")
    func arePrepared() throws {
        let addresses = makeAddresses()
        let other = EtcdEndpoint(isSecure: false, host: "etcd-b", port: 2_379)
        addresses.prepare([endpoint, other])
        #expect(eventually { resolver.calls.load(ordering: .relaxed) == 2 })
        _ = try addresses.addresses(of: other, patient)
        resolver.isHeld.store(true, ordering: .relaxed)
        defer { resolver.isHeld.store(false, ordering: .relaxed) }
        #expect(try addresses.addresses(of: other, Waiting(seconds: 0)).count == 1)
        let literal = EtcdEndpoint(isSecure: false, host: "::1", port: 2_379)
        #expect(try addresses.addresses(of: literal, Waiting(seconds: 0)).count == 1)
    }

    @Test("what is left of a wait is shared by the addresses that are left")
    func share() {
        let wait = Waiting(seconds: 1_000)
        #expect(wait.leftSeconds > 900)
        #expect((200...251).contains(wait.part(of: 4).leftSeconds))
        #expect(Waiting(seconds: 0).part(of: 3).isOver)
    }
}

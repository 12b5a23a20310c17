import Sockets
import Testing
import Wire

@testable import portillon_load

@Suite("The gateway as the runner sees it")
struct GatewaySideTests {
    @Test("the figures of a Prometheus text are found among others")
    func metrics() {
        let text = MetricsText(
            """
            # HELP portillon_pressure 1 for the level of pressure it is.
            # TYPE portillon_pressure gauge
            portillon_pressure{level="calm"} 0
            portillon_pressure{level="strained"} 1
            portillon_operation_state{operation="a-1",state="open"} 1
            portillon_operation_state{operation="a-1",state="closed"} 0
            portillon_operation_state{operation="b",state="closed"} 1
            portillon_participants{operation="a-1"} 50000
            portillon_entries_total{operation="a-1",verdict="accepted"} 7
            process_resident_memory_bytes 1.2e+07
            process_open_fds 42
            process_cpu_seconds_total 3.25
            garbage
            """)
        #expect(text.pressure == "strained")
        #expect(text.states == ["a-1": "open", "b": "closed"])
        #expect(text.participants == ["a-1": 50_000])
        #expect(text.residentBytes == 12_000_000)
        #expect(text.openDescriptors == 42)
        #expect(text.cpuSeconds == 3.25)
    }

    @Test("a target is a URL without a path")
    func endpoints() throws {
        #expect(try Endpoint("http://127.0.0.1:8080/").url == "http://127.0.0.1:8080")
        #expect(try Endpoint("http://127.0.0.1").address.port == 80)
        #expect(try Endpoint("http://[::1]:81").address.isIPv6)
        #expect(try Endpoint("http://localhost:8080").address.isLoopback)
        for wrong in [
            "127.0.0.1:8080", "https://127.0.0.1", "http://", "http://127.0.0.1:99999",
            "http://127.0.0.1:80/v1", "http://nobody..invalid:80", "http://user@127.0.0.1",
        ] {
            #expect(throws: UsageError.self, "\(wrong)") { try Endpoint(wrong) }
        }
    }

    @Test("existing operations need a key each, and no key more")
    func existingOperations() throws {
        let plan = OperationPlan(name: "a", settings: .object([:]), state: .open)
        let operations = try Operations(existing: [plan], keys: ["a": "pk_x"])
        #expect(operations.ids == ["a"] && operations.keys == ["pk_x"])
        #expect(throws: UsageError.self) { try Operations(existing: [plan], keys: ["b": "k"]) }
        #expect(throws: UsageError.self) {
            try Operations(existing: [plan], keys: ["a": "k", "b": "k"])
        }
    }
}

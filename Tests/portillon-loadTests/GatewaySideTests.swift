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
            portillon_unread_wait_seconds_bucket{le="+Inf"} 900
            portillon_unread_wait_seconds_sum 4.5
            portillon_unread_wait_seconds_count 900
            portillon_http_request_duration_seconds_sum{listener="public",route="healthz"} 77
            portillon_http_request_duration_seconds_sum{listener="public",route="entries"} 2.5
            portillon_http_request_duration_seconds_count{listener="public",route="entries"} 800
            garbage
            """)
        #expect(text.pressure == "strained")
        #expect(text.states == ["a-1": "open", "b": "closed"])
        #expect(text.participants == ["a-1": 50_000])
        #expect(text.residentBytes == 12_000_000)
        #expect(text.openDescriptors == 42)
        #expect(text.cpuSeconds == 3.25)
        #expect(
            text.waits
                == WaitTotals(unreadSeconds: 4.5, reads: 900, answerSeconds: 2.5, answers: 800))
        #expect(MetricsText("").waits == nil)
    }

    /// A look at a gateway that has answered so many entries, each after so many milliseconds, a
    /// tenth of them unread.
    private func sample(_ answers: Double, milliseconds: Double) -> GatewaySample {
        let seconds = answers * milliseconds / 1_000
        var sample = GatewaySample(at: answers, states: [:], participants: [:])
        sample.waits = WaitTotals(
            unreadSeconds: seconds / 10, reads: answers, answerSeconds: seconds * 9 / 10,
            answers: answers)
        return sample
    }

    private func service(_ count: Int, mean: Double) -> Percentiles {
        Percentiles(
            count: count, mean: mean, p50: mean, p90: mean, p99: mean, p999: mean, max: mean)
    }

    @Test("the gateway's waits are laid beside the runner's, over restarts, too")
    func waits() throws {
        let samples = [sample(100, milliseconds: 7), sample(300, milliseconds: 7)]
        let streams = [service(150, mean: 6), service(50, mean: 14)]
        let found = try #require(WaitComparison(samples, service: streams))
        #expect(abs(found.unreadMs - 0.7) < 1e-9 && abs(found.answerMs - 6.3) < 1e-9)
        #expect(abs(found.serviceMs - 8) < 1e-9 && abs(found.ratio - 7.0 / 8) < 1e-9)
        #expect(found.sentence(.terminal).contains("that is 0.88 of the 8.00 ms"))
        var silent = sample(0, milliseconds: 0)
        silent.waits = nil
        let later = [sample(50, milliseconds: 7), sample(60, milliseconds: 7)]
        let restarted = samples + [silent] + later
        let over = try #require(WaitComparison(restarted, service: streams))
        #expect(abs(over.unreadMs - 0.7) < 1e-9)
        #expect(WaitComparison([silent], service: streams) == nil)
        #expect(WaitComparison(samples, service: [service(0, mean: 0)]) == nil)
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

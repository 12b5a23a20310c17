import Ledger
import Robots
import Testing
import Time

@testable import Gateway

@Suite("How long a form took is told by the requests before the entry", .onOwnThread)
struct FormTimesTests {
    private let operation = TestOperation(name: "ete", key: "pk_test")
    private let start = LoopTime.read()

    private func time(afterMilliseconds milliseconds: UInt64) -> LoopTime {
        LoopTime(nanoseconds: start.nanoseconds + milliseconds * 1_000_000, now: start.now)
    }

    private var page: String { "GET /v1/operations/ete HTTP/1.1\r\nHost: a\r\n\r\n" }

    private var preflight: String {
        "OPTIONS /v1/operations/ete/entries HTTP/1.1\r\nHost: a\r\nOrigin: https://a.example\r\n"
            + "Access-Control-Request-Method: POST\r\n\r\n"
    }

    private func entry(_ participant: String) -> String {
        EntrySender.chromium.request("{\"participant\":\"\(participant)\"}", to: operation)
    }

    @Test("from a page's first request to the entry; a program that only posts has none")
    func measured() throws {
        let path = try EntryPath(connections: 1, robots: .observe, from: .chromium)
        func send(_ request: String, at milliseconds: UInt64) throws -> UInt32? {
            try path.traits(of: request, at: time(afterMilliseconds: milliseconds))?
                .formMilliseconds
        }
        #expect(try send(entry("a"), at: 0) == 0, "posts and nothing else")
        #expect(try send(page, at: 1_000) == nil)
        #expect(try send(preflight, at: 9_000) == nil)
        #expect(try send(entry("b"), at: 9_100) == 8_100, "the first request counts")
        #expect(try send(entry("c"), at: 9_200) == 0, "and once")
        #expect(try send(preflight, at: 10_000) == nil)
        #expect(try send(entry("\\"), at: 11_000) == nil, "no JSON: the form is not done")
        #expect(try send(entry("d"), at: 12_500) == 2_500)
    }

    @Test("nothing is asked where nobody looks at robots")
    func unasked() throws {
        let path = try EntryPath(connections: 1, robots: .off, from: .chromium)
        _ = try path.traits(of: page, at: time(afterMilliseconds: 0))
        let traits = try path.traits(of: entry("a"), at: time(afterMilliseconds: 5_000))
        #expect(traits?.formMilliseconds == 0)
    }

    @Test("a slot's next connection knows nothing of the one before")
    func slots() {
        var times = FormTimes(capacity: 4)
        times.record(2, at: 5_000_000)
        #expect(times.elapsed(2, at: 9_000_000) == 0, "no connection there")
        times.begin(2)
        times.record(2, at: 5_000_000)
        times.record(2, at: 7_000_000)
        #expect(times.elapsed(2, at: 9_000_000) == 4)
        #expect(times.elapsed(2, at: 5_000_000) == 1, "never 0 where there was a request")
        times.begin(2)
        #expect(times.elapsed(2, at: 9_000_000) == 0)
        #expect(times.elapsed(0, at: 9_000_000) == 0)
        // Milliseconds of 32 bits begin anew.
        times.record(0, at: 0xFFFF_FFFF * 1_000_000)
        #expect(times.elapsed(0, at: (0x1_0000_0000 + 1_000) * 1_000_000) == 1_001)
    }
}

import Foundation
import Testing

@testable import Gateway

@Suite("How full the tables are is told before they are", .onOwnThread)
struct TableMemoryTests {
    @Test("each level is told once, when it is reached and when it is left")
    func levels() {
        var memory = TableMemory()
        var told: [TableMemory.Level?] = []
        for bytes in [0, 799, 800, 899, 900, 999, 1_000, 1_001, 899, 0] {
            told.append(memory.sample(bytes, of: 1_000, at: 0))
        }
        #expect(told == [nil, nil, .high, nil, .short, nil, .full, nil, .high, .ample])
        // The limit is raised; then there is none.
        told = []
        for (bytes, limit) in [(800, 1_000), (800, 2_000), (.max - 1, Int.max)] {
            told.append(memory.sample(bytes, of: limit, at: 0))
        }
        #expect(told == [.high, .ample, .short])
    }

    @Test("when they will be full follows from the last hour's growth")
    func forecast() {
        var memory = TableMemory()
        #expect(memory.secondsUntilFull(0, of: 1_000, at: 0) == nil)
        _ = memory.sample(100, of: 1_000, at: 0)
        #expect(memory.secondsUntilFull(200, of: 1_000, at: 59) == nil, "too soon to tell")
        #expect(memory.secondsUntilFull(200, of: 1_000, at: 60) == 480)
        #expect(memory.secondsUntilFull(100, of: 1_000, at: 60) == nil, "they do not grow")
        #expect(memory.secondsUntilFull(50, of: 1_000, at: 60) == nil)
        #expect(memory.secondsUntilFull(1_100, of: 1_000, at: 60) == 0)
        #expect(memory.secondsUntilFull(200, of: .max, at: 60) == nil, "not in a year")
        // Two hours at ten bytes a minute, then one at a hundred: the first two are forgotten.
        memory = TableMemory()
        var bytes = 0
        for minute in 0..<180 {
            bytes += minute < 120 ? 10 : 100
            _ = memory.sample(bytes, of: 100_000, at: UInt64(minute) * 60)
        }
        let left = memory.secondsUntilFull(bytes, of: bytes + 1_000, at: 180 * 60)
        #expect(left.map { (500...700).contains($0) } == true, "\(left ?? 0)")
    }

    @Test("at the limit new participants are refused, repeated ones answered; raised, all goes on")
    func limit() throws {
        let gateway = try TestGateway { $0.tableBytes = 1 << 20 }
        let once = try gateway.open("ete")
        let unlimited = try gateway.open("hiver", "\"rule\":\"unlimited\"")
        let client = try gateway.connect()
        #expect(try client.exchange(unlimited.entry("known")).status == 201)
        var accepted = 0
        var refused: Answer?
        while refused == nil, accepted < 10_000 {
            let answer = try client.exchange(once.entry("p\(accepted)"))
            if answer.status == 201 { accepted += 1 } else { refused = answer }
        }
        #expect(accepted > 50)
        let answer = try #require(refused)
        #expect(answer.status == 503)
        #expect(answer.object["verdict"] as? String == "overloaded")
        #expect(answer.object["code"] as? String == "overloaded")
        #expect((answer.object["detail"] as? String)?.contains("memory") == true)
        #expect(answer["retry-after"] != nil)
        #expect(try client.exchange(once.entry("p0")).status == 200)
        #expect(try client.exchange(unlimited.entry("known")).status == 201, "it takes no memory")
        #expect(try client.exchange(unlimited.entry("new")).status == 503)
        let keyed = unlimited.entry("known", fields: "Idempotency-Key: k\r\n")
        #expect(try client.exchange(keyed).status == 503, "its key would be kept")
        // What is wrong with an entry is said as ever.
        #expect(try client.exchange(once.request("{}")).status == 422)
        #expect(try gateway.isWell)
        let bytes = try gateway.metric("portillon_table_bytes")
        #expect(bytes >= 1_048_576 && bytes < 1_200_000, "\(bytes)")
        #expect(try gateway.metric("portillon_table_limit_bytes") == 1_048_576)
        let memory = try gateway.admin("GET", "/v1/status").object["memory"] as? [String: Any]
        #expect(memory?["level"] as? String == "full")
        var limits = TestGateway.limits
        limits.tableBytes = 4 << 20
        _ = try gateway.gateway.reload(limits)
        #expect(try client.exchange(once.entry("p\(accepted)")).status == 201)
        #expect(try gateway.metric("portillon_table_limit_bytes") == 4_194_304)
        // What was refused never got in: a start comes to the same.
        let counts = try gateway.counts(of: once)
        #expect(counts["participants"] == accepted + 1)
        gateway.drain()
        let again = try TestGateway(folder: gateway.folder) { $0.tableBytes = 1 << 20 }
        #expect(try again.counts(of: once)["participants"] == accepted + 1)
        #expect(try again.connect().exchange(once.entry("p1")).status == 200)
        #expect(try again.connect().exchange(once.entry("q")).status == 503)
    }

    @Test("a derived limit lets the tables fit twice into what the process may have")
    func derived() throws {
        let folder = try TestFolder()
        let path = folder.path
        let groups = path + "/groups/a"
        try FileManager.default.createDirectory(
            atPath: path + "/self", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(
            atPath: groups, withIntermediateDirectories: true)
        func write(_ text: String, _ name: String) throws {
            try text.write(toFile: path + name, atomically: false, encoding: .utf8)
        }
        let memory = AvailableMemory(processes: path, groups: path + "/groups")
        #expect(Limits().tableLimitBytes(of: memory) == .max, "nobody knows")
        try write("MemTotal:  1000000 kB\nMemAvailable:  10 kB\n", "/meminfo")
        #expect(Limits().tableLimitBytes(of: memory) == 1_024_000_000 / 5 * 2)
        try write("0::/a\n", "/self/cgroup")
        try write("max\n", "/groups/a/memory.max")
        #expect(Limits().tableLimitBytes(of: memory) == 1_024_000_000 / 5 * 2)
        try write("500000000\n", "/groups/a/memory.max")
        #expect(Limits().tableLimitBytes(of: memory) == 200_000_000)
        var given = Limits()
        given.tableBytes = 1 << 20
        #expect(given.tableLimitBytes(of: memory) == 1 << 20)
    }
}

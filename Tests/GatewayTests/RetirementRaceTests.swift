import Foundation
import Synchronization
import Testing

@testable import Gateway

@Suite("Operations made, reset and deleted by several at once", .onOwnThread)
struct RetirementRaceTests {
    /// What was answered: how often something was put, and how often something was exported.
    private final class Tally: Sendable {
        let retired = Atomic<Int>(0)
        let made = Atomic<Int>(0)

        var isEnough: Bool {
            made.load(ordering: .relaxed) > 10 && retired.load(ordering: .relaxed) > 10
        }
    }

    @Test("leave one data key for each that stands, one export for each that went, and a start")
    func race() throws {
        let folder = try TestFolder()
        let gateway = try TestGateway(folder: folder)
        _ = try gateway.open("calm")
        let put = gateway.adminRequest(
            "PUT", "/v1/operations/busy", #"{"client":"acme","title":"T"}"#)
        let confirm = #"{"confirm":"busy"}"#
        let reset = gateway.adminRequest("POST", "/v1/operations/busy/reset", confirm)
        let delete = gateway.adminRequest("DELETE", "/v1/operations/busy", confirm)
        let tally = Tally()
        let port = gateway.adminPort
        let began = ContinuousClock.now
        // Two seconds, and on a slow disk until enough has happened.
        @Sendable func isOver() -> Bool {
            let passed = ContinuousClock.now - began
            return passed > .seconds(2) && tally.isEnough || passed > .seconds(240)
        }
        let group = DispatchGroup()
        for requests in [[put], [put, put, reset], [delete], [reset, delete]] {
            group.enter()
            Thread.detachNewThread {
                defer { group.leave() }
                // A connection that breaks ends this one's part; what is missing shows below.
                guard let client = try? WireClient(port: port) else { return }
                var turn = 0
                while !isOver() {
                    let request = requests[turn % requests.count]
                    // As above.
                    guard let answer = try? client.exchange(request) else { return }
                    if answer.status == 201 { tally.made.add(1, ordering: .relaxed) }
                    if answer.status == 200, answer.object["export"] != nil {
                        tally.retired.add(1, ordering: .relaxed)
                    }
                    turn += 1
                }
            }
        }
        group.wait()
        let retired = tally.retired.load(ordering: .relaxed)
        #expect(tally.isEnough, "\(tally.made.load(ordering: .relaxed)) made, \(retired) retired")
        let listed = try gateway.admin("GET", "/v1/operations").object["operations"] as? [Any]
        let standing = try #require(listed?.count)
        gateway.drain()

        func files(_ name: String, _ ending: String) throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: folder.path + "/" + name)
                .count { $0.hasSuffix(ending) }
        }
        #expect(try files("exports", ".jsonl") == retired)
        #expect(try files("keys", ".key") == standing)
        let again = try TestGateway(folder: folder)
        #expect(try again.admin("GET", "/v1/operations/calm").status == 200)
        again.drain()
    }

    @Test("entries with keys that were made while an export reads are exported too")
    func keysMeanwhile() throws {
        let gateway = try TestGateway()
        let operation = try gateway.open("ete")
        let makeKey = gateway.adminRequest("POST", "/v1/operations/ete/keys", "{}")
        let (port, adminPort) = (gateway.port, gateway.adminPort)
        let end = ContinuousClock.now + .seconds(1)
        let group = DispatchGroup()
        group.enter()
        Thread.detachNewThread {
            defer { group.leave() }
            // What breaks here ends this part; what is missing shows below.
            guard let admin = try? WireClient(port: adminPort) else { return }
            // As above.
            guard let client = try? WireClient(port: port) else { return }
            var number = 0
            while ContinuousClock.now < end {
                // As above.
                let made = try? admin.exchange(makeKey)
                guard let key = made?.object["key"] as? String else { return }
                let operation = TestOperation(name: "ete", key: key)
                for _ in 0..<4 {
                    number += 1
                    // As above.
                    guard (try? client.exchange(operation.entry("p\(number)"))) != nil else {
                        return
                    }
                }
            }
        }
        var statuses: [Int] = []
        while ContinuousClock.now < end {
            let answer = try gateway.admin(
                "POST", "/v1/operations/ete/reset", #"{"confirm":"ete"}"#)
            statuses.append(answer.status)
        }
        group.wait()
        #expect(Set(statuses).isSubset(of: [200, 409]), "\(Set(statuses))")
        #expect(try gateway.connect().exchange(operation.entry("last")).status == 201)
    }

    @Test("exports that the journal does not name are set aside by a start, and none is lost")
    func orphans() throws {
        let folder = try TestFolder()
        let gateway = try TestGateway(folder: folder)
        _ = try gateway.open("ete")
        let reset = try gateway.admin(
            "POST", "/v1/operations/ete/reset", #"{"confirm":"ete"}"#)
        let export = try #require(reset.object["export"] as? [String: Any], "\(reset)")
        let named = try #require(export["file"] as? String)
        gateway.drain()
        let stamp = "ete-20261121T180000000Z-0123456789abcdef.jsonl"
        let exports = folder.path + "/exports/"
        for name in [stamp, stamp + ".new", "mine.jsonl"] {
            try "{}".write(toFile: exports + name, atomically: false, encoding: .utf8)
        }
        let again = try TestGateway(folder: folder)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: exports).sorted()
                == [named, "mine.jsonl", "orphaned"].sorted())
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: exports + "orphaned").sorted()
                == [stamp, stamp + ".new"])
        again.drain()
        // One that the journal names comes back, and two of a name stand beside each other.
        try FileManager.default.moveItem(
            atPath: exports + named, toPath: exports + "orphaned/" + named)
        try "other".write(toFile: exports + stamp, atomically: false, encoding: .utf8)
        try TestGateway(folder: folder).drain()
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: exports).sorted()
                == [named, "mine.jsonl", "orphaned"].sorted())
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: exports + "orphaned").sorted()
                == [stamp, stamp + ".1", stamp + ".new"])
    }
}

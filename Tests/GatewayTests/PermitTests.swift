import Bytes
import Cryptography
import Foundation
import Ledger
import Synchronization
import TestSupport
import Testing
import Vault

@testable import Gateway

@Suite("Load tests under a permit (C7)", .onOwnThread)
struct PermitTests {
    /// A permit as the admin listener gave it.
    private struct Issued {
        let id: String
        let text: String

        /// The header line.
        var field: String { "Portillon-Permit: \(text)\r\n" }
    }

    private func time(_ seconds: Double) -> String {
        Date(timeIntervalSinceNow: seconds)
            .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    private func ask(
        _ gateway: TestGateway, _ operation: String = "ete", perSecond: Int = 10_000,
        starts: Double = -60, ends: Double = 3_600, _ members: String = ""
    ) throws -> Answer {
        try gateway.admin(
            "POST", "/v1/permits",
            "{\"operation\":\"\(operation)\",\"per_second\":\(perSecond),"
                + "\"starts\":\"\(time(starts))\",\"ends\":\"\(time(ends))\"\(members)}")
    }

    private func issue(
        _ gateway: TestGateway, _ operation: String = "ete", perSecond: Int = 10_000,
        starts: Double = -60, _ members: String = ""
    ) throws -> Issued {
        try issued(ask(gateway, operation, perSecond: perSecond, starts: starts, members))
    }

    private func issued(_ answer: Answer) throws -> Issued {
        try #require(answer.status == 201, "\(answer)")
        return Issued(
            id: try #require(answer.object["permit_id"] as? String),
            text: try #require(answer.object["permit"] as? String))
    }

    /// One that ends soon; a busy machine may find its end past already, and is given more time.
    private func issueShort(_ gateway: TestGateway) throws -> Issued {
        var answer = try ask(gateway, ends: 0.3)
        for ends in [2.0, 10] where answer.status != 201 { answer = try ask(gateway, ends: ends) }
        return try issued(answer)
    }

    /// The permit as the list has it.
    private func listed(_ gateway: TestGateway, _ id: String) throws -> [String: Any] {
        let list = try gateway.admin("GET", "/v1/permits").object["permits"] as? [[String: Any]]
        return try #require(list?.first { $0["permit_id"] as? String == id })
    }

    private func code(_ answer: Answer) -> String? {
        (answer.object["reasons"] as? [String])?.first
    }

    /// The lines of an export, but for the last one.
    private func exported(_ gateway: TestGateway) throws -> [String] {
        let client = try WireClient(port: gateway.adminPort)
        try client.send(gateway.adminRequest("GET", "/v1/operations/ete/export"))
        var answer = try client.receiveHead()
        if let length = answer["content-length"].flatMap({ Int($0) }) {
            answer.body = try client.take(length)
        } else {
            while true {
                let chunk = try client.receiveChunk()
                if chunk.isEmpty { break }
                answer.body += chunk
            }
        }
        return answer.text.split(separator: "\n").dropLast().map(String.init)
    }

    @Test("a test entry is answered like every entry, and is in no count but its run's")
    func apart() throws {
        let gateway = try TestGateway()
        let operation = try gateway.open("ete")
        let permit = try issue(gateway)
        let client = try gateway.connect()
        for number in 1...3 {
            let answer = try client.exchange(
                operation.entry("p\(number)", members: #""source":"tv""#, fields: permit.field))
            #expect(answer.status == 201, "\(answer)")
            #expect(answer.object["participant_number"] as? Int == number)
        }
        let again = try client.exchange(operation.entry("p1", fields: permit.field))
        #expect(again.status == 200 && again.object["participant_number"] as? Int == 1)
        let person = try client.exchange(operation.entry("p1"))
        #expect(person.status == 201, "nobody has taken the seat: \(person)")
        #expect(person.object["participant_number"] as? Int == 1)
        let counts = try gateway.counts(of: operation)
        #expect(counts["entries"] == 1 && counts["participants"] == 1 && counts["accepted"] == 1)
        #expect(counts["repeated"] == 0)
        let run = try listed(gateway, permit.id)
        #expect(run["entries"] as? Int == 3 && run["participants"] as? Int == 3)
        #expect(run["state"] as? String == "active")
        #expect(
            try gateway.metric("portillon_test_entries_total", #"verdict="accepted""#) == 3)
        #expect(try gateway.metric("portillon_entries_total", #"verdict="accepted""#) == 1)
        let lines = try exported(gateway)
        #expect(lines.count == 1 && lines[0].contains(#""participant":"p1""#), "\(lines)")
    }

    @Test("why a test entry is refused is in no count of reasons")
    func reasons() throws {
        let gateway = try TestGateway()
        let operation = try gateway.open("ete", #""rule":"once","consents":["rules"]"#)
        let permit = try issue(gateway)
        let client = try gateway.connect()
        for fields in ["", permit.field, permit.field] {
            let lacking = try client.exchange(operation.entry("p1", fields: fields))
            #expect(lacking.status == 403, "\(lacking)")
            let wrong = try client.exchange(operation.request("{}", fields: fields))
            #expect(wrong.status == 422, "\(wrong)")
        }
        for reason in ["consent_missing", "invalid"] {
            let count = try gateway.metric("portillon_refusals_total", "reason=\"\(reason)\"")
            #expect(count == 1, "\(reason)")
        }
        #expect(
            try gateway.metric("portillon_test_entries_total", #"verdict="refused""#) == 2)
    }

    @Test("a test entry that its head would refuse is in no count of people's, either")
    func refusedHeads() throws {
        let gateway = try TestGateway()
        let operation = try gateway.open("ete")
        let permit = try issue(gateway)
        let suspended = try gateway.admin(
            "POST", "/v1/operations/ete/suspend", #"{"ground":"stability","note":"n"}"#)
        #expect(suspended.status == 200, "\(suspended)")
        for fields in ["", permit.field, permit.field] {
            let entry = operation.entry("p1", fields: fields)
            let head = try #require(entry.range(of: "\r\n\r\n")).upperBound
            let client = try gateway.connect()
            // The body comes later: the head is looked at by itself.
            try client.send(String(entry[..<head]))
            if !fields.isEmpty {
                Thread.sleep(forTimeInterval: 0.1)
                try client.send(String(entry[head...]))
            }
            let answer = try client.receive()
            #expect(answer.status == 503, "\(answer)")
        }
        #expect(try gateway.metric("portillon_entries_total", #"verdict="suspended""#) == 1)
        #expect(try gateway.metric("portillon_test_entries_total", #"verdict="suspended""#) == 2)
    }

    @Test("what is no permit for this entry is refused, with its code")
    func refusals() throws {
        let gateway = try TestGateway()
        let operation = try gateway.open("ete")
        let other = try gateway.open("hiver")
        let client = try gateway.connect()
        func answer(_ permit: String, _ operation: TestOperation) throws -> Answer {
            try client.exchange(
                operation.entry("anne", fields: "Portillon-Permit: \(permit)\r\n"))
        }
        let good = try issue(gateway)
        let last = good.text.last == "A" ? "B" : "A"
        // One more bit than the code has, another code, and other spellings.
        for forged in [
            String(good.text.dropLast()) + last, "pm_" + String(repeating: "A", count: 27), "x",
            good.text.uppercased(), good.text + " x",
        ] {
            let refused = try answer(forged, operation)
            #expect(refused.status == 403 && code(refused) == "permit_invalid", "\(refused)")
        }
        #expect(code(try answer(good.text, other)) == "permit_wrong_operation")
        let late = try issue(gateway, starts: 600)
        #expect(code(try answer(late.text, operation)) == "permit_not_started")
        let foreign = try issue(gateway, "ete", #","addresses":["203.0.113.0/24"]"#)
        #expect(code(try answer(foreign.text, operation)) == "permit_address")
        let near = try issue(gateway, "ete", #","addresses":["127.0.0.0/8"]"#)
        #expect(try answer(near.text, operation).status == 201)
        let short = try issueShort(gateway)
        #expect(
            try eventually {
                code(try answer(short.text, operation)) == "permit_expired"
            })
        let slow = try issue(gateway, perSecond: 1)
        #expect(try answer(slow.text, operation).status == 201)
        var fast = try answer(slow.text, operation)
        #expect(
            try eventually {
                // Accepted where over a second has passed since the one before.
                if fast.status == 201 { fast = try answer(slow.text, operation) }
                return fast.status != 201
            })
        #expect(code(fast) == "permit_rate" && fast["retry-after"] != nil, "\(fast)")
        let revoked = try gateway.admin("POST", "/v1/permits/\(good.id)/revoke", "{}")
        #expect(revoked.status == 200 && revoked.object["state"] as? String == "revoked")
        #expect(code(try answer(good.text, operation)) == "permit_revoked")
        #expect(try gateway.counts(of: operation)["entries"] == 0)
        #expect(
            try gateway.metric("portillon_refusals_total", #"reason="permit_invalid""#) == 5)
    }

    @Test("verify says what an entry would be answered")
    func verify() throws {
        let gateway = try TestGateway()
        _ = try gateway.open("ete")
        _ = try gateway.open("hiver")
        let permit = try issue(gateway, "ete", #","addresses":["192.0.2.0/24"]"#)
        func verified(_ text: String, _ members: String = "") throws -> String {
            let answer = try gateway.admin(
                "POST", "/v1/permits/verify", "{\"permit\":\"\(text)\"\(members)}")
            try #require(answer.status == 200, "\(answer)")
            let isValid = answer.object["valid"] as? Bool == true
            return answer.object["code"] as? String ?? (isValid ? "valid" : "neither")
        }
        #expect(try verified(permit.text) == "valid")
        #expect(try verified(permit.text, #","operation":"hiver""#) == "permit_wrong_operation")
        #expect(try verified(permit.text, #","operation":"none""#) == "permit_wrong_operation")
        #expect(try verified(permit.text, #","address":"192.0.3.1""#) == "permit_address")
        #expect(try verified(permit.text, #","address":"192.0.2.1""#) == "valid")
        #expect(try verified("pm_forged") == "permit_invalid")
        let wrong = try gateway.admin(
            "POST", "/v1/permits/verify", #"{"permit":"x","address":"y"}"#)
        #expect(wrong.status == 422)
    }

    @Test("where the operation's key cannot be read, verify says that it cannot tell")
    func unverified() throws {
        let gateway = try TestGateway()
        _ = try gateway.open("ete")
        let permit = try issue(gateway, "ete")
        let keys = try FileManager.default.subpathsOfDirectory(atPath: gateway.folder.path)
            .filter { $0.hasSuffix(".key") && !$0.contains("master") }
        #expect(keys.count == 1, "\(keys)")
        func verify() throws -> Answer {
            try gateway.admin("POST", "/v1/permits/verify", "{\"permit\":\"\(permit.text)\"}")
        }
        let path = gateway.folder.path + "/" + (try #require(keys.first))
        let key = try Data(contentsOf: URL(filePath: path))
        try Data("damaged".utf8).write(to: URL(filePath: path))
        let unread = try verify()
        #expect(unread.status == 503, "\(unread)")
        #expect((unread.object["detail"] as? String)?.contains(path) == true, "\(unread)")
        #expect(unread.object["code"] as? String == "permit_unverified")
        #expect(unread.object["valid"] == nil, "neither the one nor the other is said")
        try key.write(to: URL(filePath: path))
        #expect(try verify().object["valid"] as? Bool == true)
    }

    @Test("64 connections with one permit: its pace holds over all workers")
    func pace() throws {
        let gateway = try TestGateway(workers: 2)
        let operation = try gateway.open("ete", #""rule":"unlimited""#)
        let perSecond = 100
        let permit = try issue(gateway, perSecond: perSecond)
        let clients = try (0..<64).map { _ in try gateway.connect() }
        let began = ContinuousClock.now
        var (accepted, tooFast) = (0, 0)
        for round in 0..<12 {
            for (number, client) in clients.enumerated() {
                try client.send(operation.entry("p\(number)-\(round)", fields: permit.field))
            }
            for client in clients {
                let answer = try client.receive()
                if answer.status == 201 { accepted += 1 }
                if code(answer) == "permit_rate" { tooFast += 1 }
            }
        }
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        #expect(accepted + tooFast == 64 * 12)
        #expect(accepted >= perSecond, "a second's worth passes at once: \(accepted)")
        #expect(
            Double(accepted) <= Double(perSecond) * (seconds + 1) + 1, "\(accepted) in \(seconds)")
        #expect(try listed(gateway, permit.id)["entries"] as? Int == accepted)
        let (all, verdict) = ("portillon_entries_total", #"verdict="refused""#)
        #expect(try gateway.metric("portillon_test_entries_total", verdict) == Double(tooFast))
        #expect(try gateway.metric(all, verdict) == 0, "it is in no count of people's")
        let (reasons, reason) = ("portillon_refusals_total", #"reason="permit_rate""#)
        #expect(try gateway.metric(reasons, reason) == Double(tooFast))
    }

    @Test("revoked in flight: from the next entry on, and what was accepted is counted")
    func revokedInFlight() throws {
        let gateway = try TestGateway(workers: 2)
        let operation = try gateway.open("ete", #""rule":"unlimited""#)
        let permit = try issue(gateway)
        let accepted = Atomic<Int>(0)
        let isOver = Atomic<Bool>(false)
        let client = try gateway.connect()
        let sender = Thread {
            // A connection that ends is the end of it, and the test sees what was accepted.
            while let answer = try? client.exchange(operation.entry("p", fields: permit.field)),
                answer.status == 201
            {
                accepted.add(1, ordering: .relaxed)
            }
            isOver.store(true, ordering: .releasing)
        }
        sender.start()
        #expect(eventually { accepted.load(ordering: .relaxed) > 20 })
        let revoked = try gateway.admin("POST", "/v1/permits/\(permit.id)/revoke", "{}")
        #expect(revoked.status == 200)
        let next = try gateway.connect().exchange(operation.entry("q", fields: permit.field))
        #expect(code(next) == "permit_revoked", "\(next)")
        #expect(eventually { isOver.load(ordering: .acquiring) })
        #expect(
            try listed(gateway, permit.id)["entries"] as? Int
                == accepted.load(ordering: .relaxed))
    }

    @Test("purge: nobody of the run is left, others are whole; a restart knows the same")
    func purge() throws {
        let folder = try TestFolder()
        var gateway = try TestGateway(folder: folder)
        let operation = try gateway.open("ete")
        let permit = try issue(gateway)
        let other = try issue(gateway)
        let client = try gateway.connect()
        for number in 0..<100 {
            for field in [permit.field, "", number < 10 ? other.field : ""] {
                let answer = try client.exchange(
                    operation.entry("p\(number)-\(field.utf8.count)", fields: field))
                #expect(answer.status < 300, "\(answer)")
            }
        }
        let path = "/v1/permits/\(permit.id)/purge"
        #expect(try gateway.admin("POST", path, #"{"confirm":"ete"}"#).status == 409)
        let purged = try gateway.admin("POST", path, "{\"confirm\":\"\(permit.id)\"}")
        #expect(purged.status == 200 && purged.object["purged"] as? Int == 100, "\(purged)")
        #expect(purged.object["state"] as? String == "purged")
        #expect(purged.object["forgotten_at"] as? String != nil)
        let again = try gateway.admin("POST", path, "{\"confirm\":\"\(permit.id)\"}")
        #expect(again.object["changed"] as? Bool == false, "\(again)")
        func check() throws {
            let run = try listed(gateway, permit.id)
            #expect(run["entries"] as? Int == 0 && run["purged"] as? Int == 100)
            #expect(try listed(gateway, other.id)["entries"] as? Int == 10)
            #expect(try gateway.counts(of: operation)["entries"] == 100)
            let lines = try exported(gateway)
            #expect(lines.count == 100 && !lines.contains { $0.contains("erased") })
            let refused = try gateway.connect().exchange(
                operation.entry("new", fields: permit.field))
            #expect(code(refused) == "permit_revoked", "\(refused)")
            #expect(
                try gateway.connect().exchange(operation.entry("p0-0", fields: other.field))
                    .status < 300)
        }
        try check()
        gateway.drain()
        #expect(try forgottenLeaves(in: folder) == 100)
        gateway = try TestGateway(folder: folder)
        #expect(try listed(gateway, other.id)["entries"] as? Int == 11)
        #expect(try gateway.counts(of: operation)["entries"] == 100)
        #expect(try exported(gateway).count == 100)
    }

    /// What the vault of a stopped gateway has forgotten below the last leaf that an entry has.
    private func forgottenLeaves(in folder: TestFolder) throws -> UInt64 {
        let keys = folder.path + "/keys"
        var vault = try KeyVault(directory: keys, masterKeyPath: folder.path + "/master.key")
        let names = try FileManager.default.contentsOfDirectory(atPath: keys)
            .filter { $0.hasSuffix(".key") }
        var forgotten: UInt64 = 0
        for name in names {
            if let secrets = try vault.load(String(name.dropLast(4))) {
                forgotten += secrets.tree.forgottenLeaves(below: vault.nextLeaf)
            }
        }
        return forgotten
    }

    @Test("permits are on record, in the dossier, and have the shape that is documented")
    func dossier() throws {
        let gateway = try TestGateway()
        let operation = try gateway.open("ete")
        let permit = try issue(gateway, "ete", #","note":"rehearsal""#)
        _ = try gateway.connect().exchange(operation.entry("p", fields: permit.field))
        _ = try gateway.admin(
            "POST", "/v1/permits/\(permit.id)/purge", "{\"confirm\":\"\(permit.id)\"}")
        let dossier = try gateway.admin("GET", "/v1/operations/ete/evidence")
        for name in ["permit.issue", "permit.purge", "permit.forgotten", "rehearsal"] {
            #expect(dossier.text.contains(name), "\(name)")
        }
        let unknown = try gateway.admin("POST", "/v1/permits/pt-none/revoke", "{}")
        #expect(unknown.status == 404 && unknown.object["code"] as? String == "unknown_permit")
        let wrong = try gateway.admin(
            "POST", "/v1/permits",
            #"{"operation":"ete","per_second":0,"starts":"x","ends":"2020-01-01T00:00:00Z","#
                + #""addresses":["10.0.0.1/8"]}"#)
        #expect(wrong.status == 422, "\(wrong)")
    }
}

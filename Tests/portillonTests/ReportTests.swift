import ArgumentParser
import Evidence
import Foundation
import Gateway
import Log
import Testing
import Wire

@testable import portillon

@Suite("A monthly report is checked against the journal (C15)")
struct ReportTests {
    /// What the journal gives, as of the record.
    private func report(
        _ kind: String, asOf sequence: Int, until: String = "2026-11-20T12:00:00.000Z",
        _ path: String, archive: String? = nil
    ) throws -> [UInt8] {
        let claim = try ReportClaim(
            json: Array(
                """
                {"report": "\(kind)", "format": \(ReportClaim.currentFormat), "month": "2026-11",
                 "client": "acme", "audience": "operator",
                 "as_of": {"sequence": \(sequence), "chain": "", \
                           "until": "\(until)"}}
                """.utf8))
        var made: [UInt8]?
        _ = try JournalFolder(path, archive: archive).replay(behind: claim.sequence) {
            ledger, chain, time in
            made = RebuiltReport(claim, from: ledger, chain: chain, at: time)?.json
        }
        return try #require(made)
    }

    private func verify(
        _ report: [UInt8], _ path: String, archive: String? = nil
    ) throws -> String {
        let given = try #require(try GivenReport(report, of: "f"))
        return try given.verify(against: JournalFolder(path, archive: archive))
    }

    @Test(
        "what was handed out is right, and stays right when the journal grows",
        arguments: ["availability", "statement"])
    func right(_ kind: String) throws {
        let folder = try WrittenLog(entries: 5)
        for sequence in [5, 8, 10] {
            let report = try report(kind, asOf: sequence, folder.path)
            let text = try verify(report, folder.path)
            let expected = "f: verified; every figure follows from the journal up to record "
            #expect(text.hasPrefix(expected + "\(sequence)\n"), "\(text)")
        }
    }

    @Test(
        "every figure and every text that is changed, taken away or added is found",
        arguments: ["availability", "statement"])
    func edits(_ kind: String) throws {
        let folder = try WrittenLog(entries: 2)
        let report = try JSONValue(report(kind, asOf: 7, folder.path))
        var found = 0
        // Without a client it is another report, of all clients: here with the same figures.
        for changed in Self.changes(of: report) where changed["client"] != nil {
            do throws(CommandFailure) {
                let text = try GivenReport(changed.bytes, of: "f")?
                    .verify(against: JournalFolder(folder.path))
                #expect(text == nil, "\(String(decoding: changed.bytes, as: UTF8.self))")
            } catch {
                #expect(error.status == 1, "\(error)")
                found += 1
            }
        }
        #expect(found > 30)
    }

    @Test(
        "a page is verified by the figures in it, and it is said whether it shows them",
        arguments: ["availability", "statement"], Language.allCases)
    func pages(_ kind: String, _ language: Language) throws {
        let folder = try WrittenLog(entries: 2)
        let report = try JSONValue(report(kind, asOf: 7, folder.path))
        let page =
            kind == "statement"
            ? StatementPage(report, language).text : AvailabilityPage(report, language).text
        let text = try verify(Array(page.utf8), folder.path)
        #expect(text.hasPrefix("f: verified; every figure follows"), "\(text)")
        #expect(text.contains("The page is the one that this version makes"), "\(text)")
        let shown = page.replacing("<h1>", with: "<h1>99.999 %, ")
        #expect(try verify(Array(shown.utf8), folder.path).contains("THE PAGE IS NOT the one"))
        let member = "&quot;complete&quot;:"
        #expect(page.contains(member))
        for edited in [
            page.replacing(member, with: "&quot;completed&quot;:"),
            page.replacing("&quot;time_zone&quot;", with: "&quot;zone&quot;"),
        ] {
            #expect(throws: CommandFailure.self) {
                try verify(Array(edited.utf8), folder.path)
            }
        }
        // The figures twice, or not at all: no page that can be verified.
        for other in [page + page, page.replacing("<pre id=\"facts\">", with: "<pre>")] {
            let given = try GivenReport(Array(other.utf8), of: "f")
            #expect(given == nil)
        }
    }

    /// The value with one thing in it changed, taken away or added: one of each.
    private static func changes(of value: JSONValue) -> [JSONValue] {
        switch value {
        case .null: [.integer(1)]
        case .bool(let truth): [.bool(!truth)]
        case .integer(let number): [.integer(number + 1)]
        case .number(let number): [.number(number + 0.5)]
        case .string(let text): [.string(text + "0"), .string("0" + String(text.dropFirst()))]
        case .array(let elements):
            elements.indices.flatMap { index in
                changes(of: elements[index]).map { changed in
                    var all = elements
                    all[index] = changed
                    return JSONValue.array(all)
                }
            } + [.array(elements + [.null])]
        case .object(let members):
            members.keys.sorted().flatMap { name in
                (members[name].map { changes(of: $0) } ?? []).map { changed in
                    var all = members
                    all[name] = changed
                    return JSONValue.object(all)
                } + [JSONValue.object(members.filter { $0.key != name })]
            } + [.object(members.merging(["more": .integer(0)]) { $1 })]
        }
    }

    @Test("a report says no later end than the journal's next record, but for a minute")
    func until() throws {
        // Records 1 to 5, then one of an entry each second from 12:00:01 on.
        let folder = try WrittenLog(entries: 5)
        for (until, isRight) in [
            ("2026-11-20T12:00:02.000Z", true), ("2026-11-20T12:01:02.000Z", true),
            ("2026-11-20T12:01:02.001Z", false), ("2026-12-02T00:00:00.000Z", false),
        ] {
            let report = try report("statement", asOf: 6, until: until, folder.path)
            do throws(CommandFailure) {
                _ = try GivenReport(report, of: "f")?.verify(against: JournalFolder(folder.path))
                #expect(isRight, "\(until)")
            } catch {
                #expect(!isRight && error.text.contains("of 2026-11-20T12:00:02"), "\(error)")
            }
        }
        // Entries are nothing that availability follows from.
        let late = "2026-12-02T00:00:00.000Z"
        let month = try report("availability", asOf: 6, until: late, folder.path)
        #expect(try verify(month, folder.path).contains("verified"))
        let last = try report("statement", asOf: 10, until: late, folder.path)
        #expect(try verify(last, folder.path).contains("verified"))
    }

    @Test("the first figure that differs is named, with what the journal gives")
    func named() throws {
        let folder = try WrittenLog(entries: 3)
        let report = String(
            decoding: try JSONValue(report("statement", asOf: 8, folder.path)).bytes,
            as: UTF8.self)
        func failure(_ old: String, _ new: String) throws -> String {
            let changed = report.replacing(old, with: new)
            try #require(changed != report)
            do throws(CommandFailure) {
                _ = try GivenReport(Array(changed.utf8), of: "f")?
                    .verify(against: JournalFolder(folder.path))
                return "nothing"
            } catch {
                return error.text
            }
        }
        let figure = try failure("\"entries\":3", "\"entries\":4")
        #expect(
            figure.contains("altered at /operations/0/entries: it has 4, the journal gives 3"))
        let later = try failure("\"sequence\":8", "\"sequence\":80")
        #expect(later.contains("the journal has no record 80"))
        // What the third entry brought is not there yet.
        let earlier = try failure("\"sequence\":8", "\"sequence\":7")
        #expect(earlier.contains("altered at /as_of/chain"))
        let client = try failure("\"client\":\"acme\"", "\"client\":\"none\"")
        #expect(client.contains("knows no client none"))
        let format = try failure("\"format\":3", "\"format\":99")
        #expect(format.contains("has format 99"))
        let none = try GivenReport(Array("{}".utf8), of: "f")
        #expect(none == nil, "another thing than a report: perhaps a dossier")
    }

    @Test("archived segments and the journal are one chain")
    func archived() throws {
        let folder = try WrittenLog(entries: 150, sealedBytes: 8_000)
        let report = try report("statement", asOf: 155, folder.path)
        let archive = folder.path + "/older"
        try FileManager.default.createDirectory(atPath: archive, withIntermediateDirectories: true)
        let first = LogFormat.segmentName(firstSequence: 1)
        try FileManager.default.moveItem(atPath: folder.segment, toPath: "\(archive)/\(first)")
        #expect(try verify(report, folder.path, archive: archive).contains("verified"))
        #expect(throws: CommandFailure.self) { try verify(report, folder.path) }
    }

    @Test("the journal is named once, by its place or as --journal")
    func command() throws {
        for arguments in [["f.json", "d"], ["f.json", "--journal", "d", "--archive", "a"]] {
            let parsed = try Portillon.parseAsRoot(["evidence", "verify"] + arguments)
            #expect(parsed is EvidenceVerify)
        }
        for arguments in [["f.json"], ["f.json", "d", "--journal", "d"]] {
            #expect(throws: (any Error).self) {
                try Portillon.parseAsRoot(["evidence", "verify"] + arguments)
            }
        }
    }
}

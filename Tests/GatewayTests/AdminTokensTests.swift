import Cryptography
import Evidence
import Foundation
import Ledger
import Projections
import Testing
import Time

@testable import Gateway

@Suite("What a token is good for, by the ledger's time (C16)")
struct AdminTokensTests {
    private let noon = Timestamp(milliseconds: 1_795_176_000_000)
    private let hour: Int64 = 3_600_000

    /// A state with one token, `ot_test`, that expires an hour after noon.
    private func state() throws -> ProjectedState {
        let digest = Token.digest(of: "ot_test")
        let stored = KeyDigest(digest.bytes)
        var catalogue = Catalogue()
        _ = try catalogue.apply(
            .access(
                .addToken(
                    tokenID: "t-1", holder: Author(.operator, name: "marie"),
                    digest: try #require(stored),
                    expires: noon.advanced(byMilliseconds: hour))),
            by: .admin, at: noon)
        return Projections(catalogue: catalogue, evidence: EvidenceIndex()).state
    }

    private func name(_ credential: AdminTokens.Credential) -> String {
        switch credential {
        case .unknown: "unknown"
        case .admin: "admin"
        case .token(let index, let token): "\(index) \(token.holder.name)"
        case .expired(let token): "expired \(token.holder.name)"
        }
    }

    @Test("it works until its time, and not from then on; the admin's has none")
    func credentials() throws {
        let folder = try TestFolder()
        let tokens = try AdminTokens(data: folder.path)
        let state = try state()
        let admin = try String(contentsOfFile: folder.path + "/admin.token", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        func ask(_ token: String, after milliseconds: Int64) -> String {
            name(
                tokens.credential(
                    "Bearer " + token, among: state,
                    at: noon.advanced(byMilliseconds: milliseconds)))
        }
        #expect(ask("ot_test", after: 0) == "0 marie")
        #expect(ask("ot_test", after: hour - 1) == "0 marie")
        #expect(ask("ot_test", after: hour) == "expired marie")
        #expect(ask("ot_wrong", after: 0) == "unknown")
        #expect(ask(admin, after: 10_000 * 24 * hour) == "admin")
        #expect(name(tokens.credential(nil, among: state, at: noon)) == "unknown")
    }

    @Test("an old admin token is told of once a day, and works")
    func age() throws {
        let folder = try TestFolder()
        let path = folder.path + "/admin.token"
        let now = Timestamp(milliseconds: Int64(Date.now.timeIntervalSince1970 * 1_000))
        #expect(try AdminTokens(data: folder.path).overdueDays(at: now) == nil)
        let day: TimeInterval = 86_400
        try FileManager.default.setAttributes(
            [.modificationDate: Date.now.addingTimeInterval(-500.5 * day)], ofItemAtPath: path)
        let tokens = try AdminTokens(data: folder.path)
        #expect(tokens.overdueDays(at: now) == 500)
        #expect(tokens.overdueDays(at: now) == nil)
        #expect(tokens.overdueDays(at: now.advanced(byMilliseconds: 25 * hour)) == 501)
    }

    @Test("a token of 90 days has 90 left all its first day, and a day on its last")
    func daysLeft() {
        let day = 24 * hour
        let end = noon.advanced(byMilliseconds: 90 * day)
        for (since, expected) in [
            (0, 90), (1, 90), (day - 1, 90), (day, 89), (90 * day - 1, 1), (90 * day, 0),
            (91 * day, 0),
        ] as [(Int64, Int)] {
            let now = noon.advanced(byMilliseconds: since)
            #expect(TokenLifetime.daysLeft(until: end, at: now) == expected, "\(since)")
        }
    }

    @Test("each role has a default within its maximum")
    func lifetimes() {
        for role in TokenRole.allCases {
            #expect(role.defaultDays >= 1 && role.defaultDays <= role.maximumDays, "\(role)")
        }
        #expect(TokenLifetime.overlapSeconds <= TokenLifetime.maximumOverlapSeconds)
        #expect(Set(TokenRole.allCases.map(\.prefix)).count == TokenRole.allCases.count)
    }
}

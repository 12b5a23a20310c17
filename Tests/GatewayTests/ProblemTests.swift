import Bytes
import Foundation
import Ledger
import Testing
import Wire

@testable import Gateway

@Suite("Refusals as the wire tells them")
struct ProblemTests {
    private func object(_ problem: Problem) throws -> [String: Any] {
        var body = ByteBuffer(capacity: 16)
        body.append(UInt8(ascii: "{"))
        body.append(problem.members)
        body.append(UInt8(ascii: "}"))
        let value = try JSONSerialization.jsonObject(with: Data(body.bytes.array))
        return try #require(value as? [String: Any])
    }

    private func check(_ problem: Problem) throws {
        let object = try object(problem)
        #expect(object["type"] as? String == "urn:portillon:problem:\(problem.code)")
        #expect(object["code"] as? String == problem.code)
        #expect(object["title"] as? String == problem.title)
        #expect(object["detail"] as? String == problem.detail)
        #expect(object["status"] as? Int == problem.status.code)
        #expect(object["retry_after"] == nil, "each answer has its own")
        let isCode = problem.code.utf8.allSatisfy { $0 == 0x5F || (0x61...0x7A).contains($0) }
        #expect(isCode && !problem.code.isEmpty)
        #expect(problem.status.code >= 400)
        #expect(problem.detail.hasSuffix(".") || problem.detail.hasSuffix("…"))
    }

    @Test("every problem of the gateway is JSON with its members")
    func statics() throws {
        let problems: [Problem] = [
            .notFound, .unauthorized, .noToken, .unknownOperation, .wrongOperation,
            .unsupportedMediaType, .badIdempotencyKey, .idempotencyKeyReused,
            .unsupportedContentCoding, .overloaded, .tooManyRequests, .tooManyTokenConnections,
            .keysUnavailable,
            .notAllowed("GET, HEAD"),
            .notJSON(JSONError(.loneSurrogate, at: 7)),
        ]
        for problem in problems { try check(problem) }
    }

    @Test("every rejection of the parser is one", arguments: HTTPRejection.allCases)
    func rejections(rejection: HTTPRejection) throws {
        let problem = Problem(rejection)
        try check(problem)
        #expect(problem.status == rejection.status)
        #expect(problem.code != "invalid_request", "each rejection has a name of its own")
    }

    @Test("rejections have different codes")
    func rejectionCodes() {
        let codes = HTTPRejection.allCases.map { "\($0.code)" }
        #expect(Set(codes).count == codes.count)
    }

    @Test("every refusal of the ledger is one, with its status")
    func refusals() throws {
        let refusals: [CommandRefusal] = [
            .unknownOperation("a\"b"), .unknownKey("k"), .unknownClient("c"),
            .clientFixed(operation: "o", client: "c"), .ruleFixed(operation: "o", rule: .daily),
            .identityFixed(operation: "o"), .secondKeyFixed(operation: "o"),
            .capBelowCount(operation: "o", what: "participants", count: 5_001),
            .keyExists("k"), .limitReached(name: "keys", limit: 7),
            .invalidIdentifier(of: "client"),
            .invalid(pointer: "/title", detail: "is not 1 to 200 bytes long"),
        ]
        for refusal in refusals {
            let problem = Problem(refusal)
            try check(problem)
            #expect(problem.status.code == refusal.status)
            #expect(problem.fieldErrors.map(\.pointer) == (refusal.pointer.map { [$0] } ?? []))
        }
    }

    @Test("faults are listed, whatever their texts hold")
    func fieldErrors() throws {
        let fieldErrors = [
            FieldError(pointer: "/a\"\\\n\u{0}\u{7F}é😀", detail: "<\u{2028}>"),
            FieldError(pointer: "", detail: ""),
        ]
        let object = try object(.wrongShape(fieldErrors))
        let errors = try #require(object["errors"] as? [[String: String]])
        #expect(errors.map { $0["pointer"] } == fieldErrors.map(\.pointer))
        #expect(errors.map { $0["detail"] } == fieldErrors.map(\.detail))
    }

    @Test("each verdict has its name, its status and its reason")
    func verdicts() throws {
        #expect(
            EntryVerdict.names.map { "\($0)" }
                == [
                    "accepted", "repeated", "refused", "closed", "overloaded", "waiting",
                    "suspended", "challenged",
                ])
        let table: [(EntryVerdict, name: String?, status: Int)] = [
            (.notOpen, "closed", 403), (.closed, "closed", 410), (.capReached, "closed", 410),
            (.refused, "refused", 403), (.keyRevoked, nil, 401), (.wrongOperation, nil, 403),
            (.idempotencyKeyReused, nil, 422),
            (.full, "overloaded", 503), (.noSpace, "overloaded", 503),
            (.noMemory, "overloaded", 503),
            (.crowded, "overloaded", 503), (.waiting, "waiting", 429),
            (.waitingPastClosing, "waiting", 429), (.waitingForOpening, "waiting", 429),
            (.suspended, "suspended", 503), (.suspendedPastClosing, "suspended", 503),
            (.suspendedForGood, "suspended", 410), (.challenged, "challenged", 403),
            (.challengesUsedUp, "overloaded", 503), (.handedOver, "overloaded", 503),
            (.settingsMoved, "overloaded", 503), (.shed, "overloaded", 503),
        ]
        for (verdict, name, status) in table {
            #expect(verdict.nameIndex.map { "\(EntryVerdict.names[$0])" } == name)
            #expect(verdict.problem.status.code == status)
            #expect(verdict.meaning.status == verdict.problem.status)
            try check(verdict.problem)
        }
        #expect(EntryVerdict.meanings.map(\.verdict) == EntryVerdict.allCases)
        #expect(EntryVerdict.accepted.nameIndex == 0)
        #expect(EntryVerdict.repeated.nameIndex == 1)
        #expect(EntryVerdict.notOpen.problem.code == "not_open")
        #expect(EntryVerdict.closed.problem.code == "closed")
    }

    @Test("what came under other settings, or before a reset, lacked no room")
    func settingsMoved() throws {
        #expect(EntryVerdict(.reset) == .settingsMoved)
        #expect(EntryVerdict(.settingsChanged) == .settingsMoved)
        #expect(MissingRoom(.settingsMoved) == nil && MissingRoom(.shed) == nil)
        #expect(EntryVerdict(.full(.participants)) == .full)
        #expect(MissingRoom(.full) == .entryTable && MissingRoom(.noMemory) == .entryTable)
        #expect(EntryVerdict.settingsMoved.problem.retryAfterSeconds == 1)
        // Between nodes a verdict is its number: a new one goes behind all others.
        #expect(EntryVerdict.settingsMoved.rawValue == EntryVerdict.handedOver.rawValue + 1)
    }
}

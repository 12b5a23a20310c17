import Testing

@testable import Gateway
@testable import portillon

@Suite("A probe knows its own faults by the codes that the gateway answers")
struct ProbeCodeTests {
    /// Verdicts that say something of the probe's own operation, key or entry.
    private static let ownVerdicts: [EntryVerdict] = [
        .closed, .notOpen, .capReached, .keyRevoked, .wrongOperation,
    ]
    private static let ownProblems: [Problem] = [
        .unauthorized, .wrongOperation, .unknownOperation, .unsupportedMediaType, .needsTLS,
        .wrongShape([]),
    ]

    /// Whether a refusal for this reason is the probe's own fault.
    private func isOwn(_ reason: RefusalReason) -> Bool {
        switch reason {
        case .robot, .challengeFailed: false
        case .originNotAllowed, .ageNotConfirmed, .consentMissing, .secondKeyLimit: true
        case .permitInvalid, .permitRevoked, .permitWrongOperation, .permitNotStarted,
            .permitExpired, .permitAddress, .permitRate:
            true
        }
    }

    private func outcome(_ code: String, _ reason: String? = nil) -> ProbeOutcome {
        let reasons = reason.map { ",\"reasons\":[\"\($0)\"]" } ?? ""
        let body = "{\"type\":\"urn:portillon:problem:\(code)\",\"code\":\"\(code)\"\(reasons)}"
        return ProbeOutcome(status: 403, body: Array(body.utf8))
    }

    @Test("each code is one of the gateway's, and none is missing")
    func codes() {
        var codes = Set(Self.ownProblems.map(\.code))
        codes.formUnion(Self.ownVerdicts.map { $0.problem.code })
        for reason in RefusalReason.allCases where isOwn(reason) {
            let code = "\(reason.code)"
            if !code.hasPrefix("permit_") { codes.insert(code) }
        }
        #expect(codes == ProbeOutcome.ownFaults)
    }

    @Test("a refusal is the probe's own fault or the service's, for every reason")
    func reasons() {
        for reason in RefusalReason.allCases {
            let code = "\(reason.code)"
            let expected: ProbeOutcome =
                isOwn(reason) ? .void(code) : .failed("status 403, \(code)")
            #expect(outcome("refused", code) == expected)
        }
    }

    @Test("what says something of the service is a failure, whatever its code")
    func failures() {
        let others: [EntryVerdict] = [
            .full, .noSpace, .noMemory, .crowded, .waiting, .suspended, .suspendedForGood,
            .suspendedPastClosing, .challenged, .challengesUsedUp, .idempotencyKeyReused,
            .settingsMoved, .shed,
        ]
        for verdict in others {
            let code = verdict.problem.code
            #expect(outcome(code) == .failed("status 403, \(code)"))
        }
    }
}

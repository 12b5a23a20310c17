import Bytes
import Cryptography
import Ledger
import Projections
import Robots
import Testing
import Time
import Vault
import Wire

@testable import Gateway

@Suite("A robot's signature is verified, or says why it is not", .onOwnThread)
struct RobotSignaturesTests {
    private static let operation = TestOperation(name: "ete", key: "pk_test")
    private static let now: Int64 = 1_795_176_000

    private let bench: Bench
    private let profile: OperationProfile

    init() throws {
        var settings = Bench.settings(.once)
        settings.allowedRobots = ["Agent"]
        bench = try Bench(
            try Bench.opened() + [
                .operation(.put(id: "ete", settings: settings, dataKeyID: "d-1"))
            ])
        profile = OperationProfile(
            bench.shared.projected.catalogue.operations[0], index: 0,
            keys: OperationKeys(OperationSecrets(), from: 0))
    }

    /// What becomes of a request: `verified`, `none` where nothing is signed for us, or a fault.
    private func outcome(
        _ request: String, at seconds: Int64 = RobotSignaturesTests.now,
        over scheme: StaticString? = "http",
        _ ruleset: RobotRuleset? = nil, nanoseconds: UInt64 = 1
    ) throws -> String {
        let ruleset =
            try ruleset ?? RobotRuleset(SignedEntry.ruleset(), number: 1)
        var bytes = Array(request.utf8)
        var parser = RequestParser(limits: HTTPLimits())
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        try #require(parser.parse(&raw) == .complete)
        let arrival = RobotSignatures.Arrival(
            scheme: scheme, time: Timestamp(milliseconds: seconds * 1_000))
        return unsafe Self.outcome(
            parser, bytes.span.bytes, profile, ruleset, arrival, nanoseconds: nanoseconds)
    }

    private static func outcome(
        _ head: borrowing RequestParser, _ request: RawSpan, _ profile: OperationProfile,
        _ ruleset: RobotRuleset, _ arrival: RobotSignatures.Arrival, nanoseconds: UInt64
    ) -> String {
        var signatures = RobotSignatures()
        do throws(SignatureFault) {
            guard let signed = try signatures.read(head, request, profile, ruleset, arrival)
            else { return "none" }
            try signatures.verify(
                signed, head, request, body: request.extracting(head.body.range), arrival,
                nanoseconds: nanoseconds)
            return signatures.isVerified && signatures.replayMark.count == 65
                ? "verified" : "without a mark"
        } catch {
            return signatures.isVerified ? "\(error), and verified" : "\(error)"
        }
    }

    private func entry() -> SignedEntry {
        SignedEntry("anna", to: Self.operation, at: Self.now)
    }

    @Test("one that holds is verified: with the path or the whole target, the agent in any form")
    func good() throws {
        #expect(try outcome(entry().request()) == "verified")
        for change: (inout SignedEntry) -> Void in [
            { $0.components[2] = #""@target-uri""# }, { $0.algorithm = "ed25519" },
            {
                $0.agent = nil
                $0.components.removeLast()
            },
            {
                $0.agent = #"other="https://b.example", own="https://agent.example""#
                $0.components[4] = #""signature-agent";key="own""#
            },
            {
                $0.idempotencyKey = "k"
                $0.components.append(#""idempotency-key""#)
            },
            { $0.created = Self.now - 300 },
            { ($0.created, $0.expires) = (Self.now + 300, 999_999_999_999_999) },
            { $0.expires = Self.now + 1 },
        ] {
            var entry = entry()
            change(&entry)
            let request = try entry.request()
            #expect(try outcome(request) == "verified", "\(request)")
        }
    }

    @Test("what does not hold is named")
    func faults() throws {
        let cases: [(String, (inout SignedEntry) -> Void)] = [
            ("none", { $0.tag = "other" }),
            ("malformed", { $0.algorithm = "rsa-pss-sha512" }),
            ("malformed", { $0.more = "Signature-Input: b=()\r\n" }),
            ("malformed", { $0.more = "Signature: own=:AA==:\r\n" }),
            ("malformed", { $0.more = "Signature-Agent: \"https://agent.example\"\r\n" }),
            ("unknownKey", { $0.keyID = "test-key-ed25519" }),
            ("outdated", { $0.created = Self.now - 301 }),
            ("outdated", { ($0.created, $0.expires) = (Self.now + 301, Self.now + 400) }),
            ("outdated", { $0.expires = Self.now }), ("outdated", { $0.expires = nil }),
            ("outdated", { $0.created = nil }),
            ("uncovered", { $0.components.remove(at: 0) }),
            ("uncovered", { $0.components.remove(at: 1) }),
            ("uncovered", { $0.components.remove(at: 2) }),
            ("uncovered", { $0.components.remove(at: 3) }),
            ("uncovered", { $0.components.remove(at: 4) }),
            ("uncovered", { $0.idempotencyKey = "k" }),
            ("uncovered", { $0.components.append(#""x-none""#) }),
            ("authority", { $0.host = "elsewhere" }), ("authority", { $0.host = "a:8080" }),
            ("agent", { $0.agent = #""https://b.example""# }),
            ("agent", { $0.agent = #"own="https://agent.example""# }),
            ("body", { $0.digested = "{}" }),
            ("forged", { $0.isForged = true }),
        ]
        for (fault, change) in cases {
            var entry = entry()
            change(&entry)
            #expect(try outcome(entry.request()) == fault)
        }
    }

    @Test("a request that is changed on its way is forged, or has another body")
    func changed() throws {
        let request = try entry().request()
        for (text, other, fault) in [
            ("/ete/", "/hiv/", "forged"), ("\"anna\"", "\"anne\"", "body"),
            ("nonce=\"1\"", "nonce=\"2\"", "forged"), ("created=", "created=0", "forged"),
            ("tag=\"web-bot-auth\"", "tag=\"web-bot-auth\";x", "forged"),
            ("own=:", "other=:", "malformed"), ("Content-Digest", "Content-Digests", "body"),
            ("sha-256=:", "sha-512=:", "body"),
        ] {
            let sent = request.replacing(text, with: other, maxReplacements: 1)
            try #require(sent != request)
            #expect(try outcome(sent) == fault, "\(other)")
        }
        // Of another length than a signature by Ed25519.
        let short = request.replacing("own=:", with: "own=:AAAA")
        #expect(try outcome(short) == "malformed")
    }

    @Test("one that was signed for another scheme is forged; behind a proxy https is meant")
    func scheme() throws {
        var entry = entry()
        entry.components[2] = #""@target-uri""#
        let request = try entry.request()
        #expect(try outcome(request, over: "http") == "verified")
        #expect(try outcome(request, over: "https") == "forged")
        #expect(try outcome(request, over: nil) == "forged")
    }

    @Test("an operation that names another robot does not let this one in")
    func allowed() throws {
        let ruleset = RobotRuleset(try SignedEntry.ruleset(robot: "Other"), number: 1)
        #expect(try outcome(entry().request(), ruleset) == "notAllowed")
    }

    @Test("so many are verified in a second, forged ones too")
    func rate() throws {
        let ruleset = RobotRuleset(try SignedEntry.ruleset(), number: 1)
        var forged = entry()
        forged.isForged = true
        let (bad, good) = (try forged.request(), try entry().request())
        for _ in 0..<PinnedKey.verificationsPerSecond {
            #expect(try outcome(bad, ruleset) == "forged")
        }
        #expect(try outcome(good, ruleset) == "rate")
        // What fails before costs nothing.
        var other = entry()
        other.digested = "{}"
        #expect(try outcome(other.request(), ruleset) == "body")
        #expect(try outcome(good, ruleset, nanoseconds: 1_000_000_000) == "verified")
    }

    /// The examples of draft-meunier-web-bot-auth-architecture, A.2, by the same key: they cover
    /// less than an entry must, so their bases alone are verified.
    @Test("the drafts' own examples are by the key that is pinned")
    func examples() throws {
        let key = try #require(SignedEntry.ruleset().pinned.first?.key)
        let parameters =
            ";created=1735689600;keyid=\"\(SignedEntry.keyID)\";alg=\"ed25519\";expires=4889289600;"
        for (components, nonce, agent, signature) in [
            (
                #"("@authority")"#,
                "zIW8+cdmA3vdYagbxojpONwa/l0EKJ/O3/wD486VvsQjO/RxPaSt6ZxvQaMcQzNnqKN/mQ6hpGiFro2L2q"
                    + "kz5A==", "",
                "QKN4fTdIYfh82fvoZCQiQA1weuozfCS/Led2zTMbewMMqH8PI2Wsy/5c4ao6B6D09nraNQdBNOADg8aM1M"
                    + "qfCg=="
            ),
            (
                #"("@authority" "signature-agent";key="agent2")"#,
                "n9p433xm+NJ3ph3upfBIGmsuwHw387YV7Q/F+6BSpGCVjYCqQw6rznNA8PVVLySrAWsv0hQtFioQb6E1Ys"
                    + "auiA==", #"agent2="https://signature-agent.test""#,
                "RdNFx5Bj6au3YgAMQL/RzmUlZE8QZLIaXGRpw985hWnwPfMxT228NMk6ehRS1PSl4e8PhbNZACSanGdhEw"
                    + "YCCg=="
            ),
        ] {
            let input = components + parameters + "nonce=\"\(nonce)\";tag=\"web-bot-auth\""
            let request =
                "GET /path/to/resource HTTP/1.1\r\nHost: example.com\r\nSignature-Input: a=\(input)"
                + "\r\nSignature-Agent: \(agent)\r\n\r\n"
            var bytes = Array(request.utf8)
            var parser = RequestParser(limits: HTTPLimits())
            var span = bytes.mutableSpan
            var raw = unsafe span.mutableBytes
            try #require(parser.parse(&raw) == .complete)
            let base = try #require(unsafe Self.base(parser, bytes.span.bytes))
            var decoded = ByteBuffer(capacity: 64)
            let isDecoded = signature.withBytes { decoded.append(decodingBase64: $0) }
            try #require(isDecoded)
            let isVerified = base.withBytes { key.verifies(decoded.bytes, of: $0) }
            #expect(isVerified, "\(base)")
        }
    }

    private static func base(_ head: borrowing RequestParser, _ request: RawSpan) -> String? {
        guard case .once(let field) = head.only("signature-input", in: request) else { return nil }
        do throws(StructuredFieldError) {
            let input = try SignatureInput.read(tagged: "web-bot-auth", in: field, request)
            var base = ByteBuffer(capacity: 512)
            guard let input,
                SignatureBase.append(input, head, request, over: "https", to: &base)
            else { return nil }
            return base.text
        } catch {
            return nil
        }
    }
}

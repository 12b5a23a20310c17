import Bytes
import Testing

@testable import Gateway

@Suite("Targets, credentials and types as they stand in a request")
struct TargetTests {
    private func describe(_ path: String, after prefix: String = "POST ") -> String {
        let text = prefix + path + " HTTP/1.1"
        let range = ByteRange(prefix.utf8.count..<(prefix + path).utf8.count)
        return text.withBytes { bytes in
            func name(_ range: ByteRange) -> String { bytes.extracting(range.range).text }
            switch PublicTarget(path: range, in: bytes) {
            case .entries(let operation): return "entries of \(name(operation))"
            case .operation(let operation): return "operation \(name(operation))"
            case .challenge(let operation): return "challenge of \(name(operation))"
            case .health: return "health"
            case .readiness: return "readiness"
            case .document: return "document"
            case .status(let form): return "status as \(form)"
            case .anything: return "anything"
            case .unknown: return "unknown"
            }
        }
    }

    @Test(
        "a path is matched whole",
        arguments: [
            ("/healthz", "health"), ("/readyz", "readiness"), ("/openapi.json", "document"),
            ("*", "anything"), ("/status", "status as page"),
            ("/status.json", "status as json"), ("/status.ics", "status as calendar"),
            ("/v1/operations/ete-2026", "operation ete-2026"),
            ("/v1/operations/ete-2026/entries", "entries of ete-2026"),
            ("/v1/operations/x/challenge", "challenge of x"),
            ("/v1/operations/x", "operation x"), ("/v1/operations/x/entries", "entries of x"),
            // A name is whatever stands there: the directory knows which exist.
            ("/v1/operations/entries", "operation entries"),
            ("/v1/operations/entries/entries", "entries of entries"),
            ("/v1/operations/..", "operation .."), ("/v1/operations/%2e%2e", "operation %2e%2e"),
        ])
    func known(path: String, target: String) {
        #expect(describe(path) == target)
        #expect(describe(path, after: "OPTIONS http://example.org") == target)
    }

    @Test(
        "a near miss is none of them",
        arguments: [
            "", "/", "**", "/*", "/healthz/", "/Healthz", "/health", "/healthzz", "healthz",
            "//healthz", "/status/", "/status.js", "/status.jsons", "/Status",
            "/readyz/", "/readyz.", "/v1", "/v1/", "/v1/operations",
            "/v1/operations/", "/V1/operations/x", "/v2/operations/x", "/v1/operation/x",
            "/v1//operations/x", "/v1/operations/x/", "/v1/operations/x/entries/",
            "/v1/operations/x/entrie", "/v1/operations/x/entriess", "/v1/operations/x/Entries",
            "/v1/operations/x//entries", "/v1/operations/x/y/entries",
            "/v1/operations/../healthz", "/v1/operations/x/../y", "/./healthz",
            "/v1/operations/x/entries/../../y", "/v1/operations/x/challenges",
            "/v1/operations/x/challenge/", "/v1/operations/x/challeng",
        ])
    func nearMisses(path: String) {
        #expect(describe(path) == "unknown")
    }

    @Test("an operation without a name matches, and no operation has that name")
    func emptyNames() {
        #expect(describe("/v1/operations//entries") == "entries of ")
    }

    @Test(
        "a bearer's credential is what follows the scheme",
        arguments: [
            ("Bearer pk_1", "pk_1"), ("bearer pk_1", "pk_1"), ("BEARER pk_1", "pk_1"),
            ("Bearer    pk_1", "pk_1"), ("Bearer a b", "a b"), ("Bearer x", "x"),
            ("Bearer", nil), ("Bearer ", nil), ("Bearer     ", nil), ("", nil), ("pk_1", nil),
            ("Basic pk_1", nil), ("Bearerpk_1", nil), ("Bearer\tpk_1", nil), (" Bearer pk_1", nil),
            ("Bearers pk_1", nil),
        ] as [(String, String?)])
    func bearers(value: String, credential: String?) {
        let found = value.withBytes { bytes in
            Bearer.credential(in: bytes).map { bytes.extracting($0).text }
        }
        #expect(found == credential)
    }

    @Test(
        "JSON is JSON by its media type",
        arguments: [
            ("application/json", true), ("Application/JSON", true), ("application/json;", true),
            ("application/json; charset=utf-8", true), ("application/json \t;charset=utf-8", true),
            ("application/json ", true), ("", false), ("application/jso", false),
            ("application/jsonx", false), ("application/json5", false),
            ("application/json x", false),
            ("application/problem+json", false), ("text/json", false), ("text/plain", false),
            ("application/x-www-form-urlencoded", false), ("application/json,text/plain", false),
            (" application/json", false),
        ])
    func mediaTypes(value: String, isJSON: Bool) {
        #expect(value.withBytes { MediaType.isJSON($0) } == isJSON)
    }
}

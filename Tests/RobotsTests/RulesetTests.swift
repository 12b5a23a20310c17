import Bytes
import Cryptography
import Testing

@testable import Robots

@Suite("A ruleset is read strictly")
struct RulesetTests {
    /// How a rule begins that lacks only what it looks at.
    private static let begin = #"{"rule": "a", "weight": 9, "says": "S.", "#

    /// A small ruleset, with one place to change.
    private static func file(
        signatures: String = begin + #""in": "user-agent", "tells": "abc"}"#,
        bounds: String = #"{"lower": 2, "upper": 7, "consistency": 6}"#,
        rest: String = ""
    ) -> String {
        """
        {"format": 1, "version": 3, "bounds": \(bounds), "signatures": [\(signatures)],
         "consistency": [{"rule": "order", "weight": 3.25, "says": "O.", "needs": "direct"}]\(rest)}
        """
    }

    private func read(_ text: String) throws(RulesetError) -> Ruleset {
        try Ruleset(Array(text.utf8))
    }

    @Test("the shipped rules are read, and every check has one")
    func shipped() {
        let ruleset = Ruleset.shipped
        #expect(ruleset.version >= 1)
        #expect(Set(ruleset.checks) == Set(ConsistencyCheck.allCases))
        #expect(Set(ruleset.rules.map(\.name)).count == ruleset.rules.count)
        #expect(ruleset.tools.count > 200)
        let layer = ruleset.rules.filter { $0.layer == .consistency }
        #expect(layer.allSatisfy { $0.weight < ruleset.upper }, "no check refuses alone")
        let brands = ruleset.rules.first { $0.name == "brands-differ" }
        #expect((brands?.weight ?? 0) < ruleset.lower, "a weight, never a verdict")
    }

    @Test("what depends on the transport is off behind a proxy")
    func transport() {
        let names = Ruleset.shipped.rules.filter { $0.needs.isEmpty && $0.layer == .consistency }
            .map(\.name)
        #expect(
            Set(names) == [
                "navigation", "language-missing", "accept-missing", "origin-missing",
                "revision-differs",
            ])
    }

    @Test("its digest is that of the bytes, its weights are kept in thousandths")
    func values() throws {
        let text = Self.file()
        let ruleset = try read(text)
        var hasher = SHA256()
        let digest = text.withBytes { hasher.digest($0) }
        #expect(ruleset.digest == digest)
        #expect(ruleset.version == 3)
        #expect([ruleset.lower, ruleset.upper, ruleset.consistencyLimit] == [2_000, 7_000, 6_000])
        #expect(ruleset.rules.map(\.weight) == [9_000, 3_250])
        #expect(ruleset.rules.map(\.needs) == [[], .direct])
        #expect(try read(text + " ").digest != digest)
    }

    @Test(
        "what is wrong is named with its place",
        arguments: [
            (#"[]"#, ""), (#"{"format": 1"#, ""), (#"{} "#, "/format"),
            (#"{"format": 2}"#, "/format"), (#"{"form~/t": 1}"#, "/form~0~1t"),
            (#"{"format": 1, "format": 1}"#, "/format"),
            (#"{"format": 1, "version": 0}"#, "/version"),
            (#"{"format": 1, "version": 1.5}"#, "/version"),
        ])
    func wholeFile(_ text: String, _ pointer: String) {
        let error = #expect(throws: RulesetError.self) { try read(text) }
        #expect(error?.pointer == pointer)
        #expect(error?.detail.isEmpty == false)
    }

    @Test(
        "bounds must fit together",
        arguments: [
            (#"{"lower": 0, "upper": 7, "consistency": 6}"#, "/bounds/lower"),
            (#"{"lower": 7, "upper": 7, "consistency": 6}"#, "/bounds/upper"),
            (#"{"lower": 2, "upper": 7, "consistency": 7}"#, "/bounds/consistency"),
            (#"{"lower": 2, "upper": 70, "consistency": 6}"#, "/bounds/upper"),
            (#"{"lower": 2, "upper": "7", "consistency": 6}"#, "/bounds/upper"),
            (#"{"lower": 2, "upper": 7}"#, "/bounds/consistency"),
            (#"{"lower": 2, "upper": 7, "consistency": 6, "more": 1}"#, "/bounds/more"),
        ])
    func bounds(_ bounds: String, _ pointer: String) {
        let error = #expect(throws: RulesetError.self) { try read(Self.file(bounds: bounds)) }
        #expect(error?.pointer == pointer)
    }

    @Test(
        "a signature must have its parts, and no others",
        arguments: [
            (#"{"weight": 9, "says": "S.", "in": "user-agent", "tells": "abc"}"#, "/rule"),
            (#"{"rule": "a", "says": "S.", "in": "user-agent", "tells": "abc"}"#, "/weight"),
            (#"{"rule": "a", "weight": 0, "says": "S.", "in": "from", "tells": "abc"}"#, "/weight"),
            (#"{"rule": "a", "weight": 51, "says": "S.", "in": "te", "tells": "abc"}"#, "/weight"),
            (#"{"rule": "a", "weight": 9, "says": "", "in": "from", "tells": "abc"}"#, "/says"),
            (#""tells": "abc"}"#, ""),
            (#""in": "from"}"#, ""),
            (#""in": "From", "tells": "abc"}"#, "/in"),
            (#""in": [], "tells": "abc"}"#, "/in"),
            (#""in": "from", "tells": "aBc"}"#, "/tells"),
            (#""in": "from", "tells": ["ab", "^x"]}"#, "/tells/1"),
            (#""in": "from", "tells": ["ab", 1]}"#, "/tells/1"),
            (#""in": "from", "tools": {"x/y": "Z"}}"#, "/tools/x~1y"),
            (#""absent": "from", "tells": "abc"}"#, "/tells"),
            (#""absent": "from", "present": "te"}"#, ""),
            (#""shape": "round"}"#, "/shape"),
            (#""shape": ["bare", "round"]}"#, "/shape/1"),
            (#""in": ["from", "from"], "tells": "abc"}"#, "/in/1"),
            (#""present": ["from", "F"]}"#, "/present/1"),
            (#""shape": "bare", "needs": "x"}"#, "/needs"),
        ])
    func signatures(_ signature: String, _ pointer: String) {
        let whole = signature.hasPrefix("{") ? signature : Self.begin + signature
        let error = #expect(throws: RulesetError.self) {
            try read(Self.file(signatures: whole))
        }
        #expect(error?.pointer == "/signatures/0" + pointer)
    }

    @Test("a rule's name is one rule's, a check's name is known, a header stands once")
    func names() {
        let rule = #"{"rule": "order", "weight": 9, "says": "S.", "in": "from", "tells": "ab"}"#
        let twice = #expect(throws: RulesetError.self) { try read(Self.file(signatures: rule)) }
        #expect(twice?.pointer == "/consistency/0/rule")
        for (rest, pointer) in [
            (#", "spellings": ["Host", "host"]"#, "/spellings/1"),
            (#", "spellings": ["Ho st"]"#, "/spellings/0"),
            (#", "orders": {"opera": []}"#, "/orders/opera"),
            (#", "orders": {"safari": ["host", "host"]}"#, "/orders/safari/1"),
            (#", "orders": {"safari": ["te", ["host", "te"]]}"#, "/orders/safari/1/1"),
            (#", "orders": {"safari": [[]]}"#, "/orders/safari/0"),
            (#", "orders": {"safari": ["Host"]}"#, "/orders/safari/0"),
            (#", "also": 1"#, "/also"),
        ] {
            let error = #expect(throws: RulesetError.self) { try read(Self.file(rest: rest)) }
            #expect(error?.pointer == pointer)
        }
    }

    @Test("a name is as long as a finding has room for, in bytes")
    func longNames() throws {
        func file(_ name: String) -> String {
            let tells = #""weight": 1, "says": "S.", "in": "from", "tells": "ab""#
            return Self.file(signatures: "{\"rule\": \"\(name)\", \(tells)}")
        }
        _ = try read(file(String(repeating: "é", count: 32)))
        for name in [String(repeating: "é", count: 33), String(repeating: "a", count: 65)] {
            let error = #expect(throws: RulesetError.self) { try read(file(name)) }
            #expect(error?.pointer == "/signatures/0/rule")
        }
    }

    @Test("a header that gives away by being there, or by missing, is one rule's")
    func oneRule() {
        for subject in ["present", "absent"] {
            let rules = ["a", "b"].map { name in
                #"{"rule": "\#(name)", "weight": 1, "says": "S.", "\#(subject)": "from"}"#
            }
            let error = #expect(throws: RulesetError.self) {
                try read(Self.file(signatures: rules.joined(separator: ",")))
            }
            #expect(error?.pointer == "/signatures/1/\(subject)")
        }
    }

    @Test("a ruleset has its limits: rules, tells, headers, bytes")
    func limits() {
        let rules = (0..<33).map { number in
            #"{"rule": "r\#(number)", "weight": 1, "says": "S.", "in": "from", "tells": "ab"}"#
        }
        let many = #expect(throws: RulesetError.self) {
            try read(Self.file(signatures: rules.joined(separator: ",")))
        }
        #expect(many?.pointer == "/signatures")
        let tells = (0..<900).map { "\"\(String(repeating: "x", count: 28))\($0)\"" }
        let text = Self.begin + #""in": "from", "tells": ["#
        let long = #expect(throws: RulesetError.self) {
            try read(Self.file(signatures: text + tells.joined(separator: ",") + "]}"))
        }
        #expect(long?.pointer == "/signatures/0/tells")
        let names = (0..<64).map { "\"x-\($0)\"" }.joined(separator: ",")
        let wide = #expect(throws: RulesetError.self) {
            try read(
                Self.file(
                    signatures: Self.begin + #""present": [\#(names)]}"#))
        }
        #expect(wide?.pointer == "/signatures")
        let big = #expect(throws: RulesetError.self) {
            try Ruleset([UInt8](repeating: 0x20, count: (1 << 20) + 1))
        }
        #expect(big?.pointer == "")
    }
}

import Bytes
import Testing

@testable import Wire

@Suite("Signature-Input, Signature and the like are read strictly, and make a signature's bytes")
struct SignatureInputTests {
    /// RFC 9421, B.2.
    private static let example = request(
        "POST /foo?param=Value&Pet=dog HTTP/1.1", "Host: example.com",
        "Date: Tue, 20 Apr 2021 02:07:55 GMT", "Content-Type: application/json",
        "Content-Length: 18", body: #"{"hello": "world"}"#)

    /// The base of a signature that has this input; nil where there is none.
    private func base(
        _ input: String, of request: String = example, over scheme: StaticString? = "https"
    ) throws -> String? {
        let head = String(request.prefix(while: { $0 != "\r\n" }))
        let text =
            head + "\r\nSignature-Input: " + input + request.dropFirst(head.count)
        var bytes = Array(text.utf8)
        var parser = RequestParser(limits: HTTPLimits())
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        try #require(parser.parse(&raw) == .complete)
        return unsafe Self.base(parser, bytes.span.bytes, over: scheme)
    }

    private static func base(
        _ parser: borrowing RequestParser, _ bytes: RawSpan, over scheme: StaticString?
    ) -> String? {
        guard case .once(let field) = parser.only("signature-input", in: bytes) else { return nil }
        do throws(StructuredFieldError) {
            guard let input = try SignatureInput.read(tagged: "t", in: field, bytes) else {
                return nil
            }
            var base = ByteBuffer(capacity: 256)
            let isWhole = SignatureBase.append(input, parser, bytes, over: scheme, to: &base)
            return isWhole ? base.text : nil
        } catch {
            return nil
        }
    }

    private func read(_ field: String) throws(StructuredFieldError) -> SignatureInput? {
        let read: Result<SignatureInput?, StructuredFieldError> = field.withBytes { bytes in
            do throws(StructuredFieldError) {
                return .success(
                    try SignatureInput.read(
                        tagged: "t", in: ByteRange(0..<bytes.byteCount), bytes))
            } catch {
                return .failure(error)
            }
        }
        return try read.get()
    }

    @Test("the base of RFC 9421's example with Ed25519 (B.2.6)")
    func example() throws {
        let parameters =
            #"("date" "@method" "@path" "@authority" "content-type" "content-length")"#
            + #";created=1618884473;keyid="test-key-ed25519";tag="t""#
        let lines = [
            #""date": Tue, 20 Apr 2021 02:07:55 GMT"#, #""@method": POST"#, #""@path": /foo"#,
            #""@authority": example.com"#, #""content-type": application/json"#,
            #""content-length": 18"#, #""@signature-params": "# + parameters,
        ]
        #expect(try base("sig-b26=" + parameters) == lines.joined(separator: "\n"))
    }

    @Test(
        "each component has its value, or there is no base",
        arguments: [
            (#""@query""#, "?param=Value&Pet=dog"), (#""@authority""#, "example.com"),
            (#""@target-uri""#, "https://example.com/foo?param=Value&Pet=dog"),
            (#""@status""#, nil), (#""@path";key="a""#, nil), (#""x-none""#, nil),
            (#""Date""#, nil), (#""date";key="a""#, nil),
        ] as [(String, String?)])
    func components(_ identifier: String, _ value: String?) throws {
        let input = "(\(identifier));tag=\"t\""
        let expected = value.map { "\(identifier): \($0)\n\"@signature-params\": \(input)" }
        #expect(try base("a=" + input) == expected)
    }

    @Test("the host is signed in lower case, without the scheme's own port")
    func authority() throws {
        for (host, scheme, signed) in [
            ("Example.COM:443", "https", "example.com"), ("a:80", "http", "a"),
            ("a:443", "http", "a:443"), ("a:8443", "https", "a:8443"), ("a:", "https", "a"),
            ("[::1]:443", nil, "[::1]"),
        ] as [(String, StaticString?, String)] {
            let sent = request("GET / HTTP/1.1", "Host: \(host)")
            let made = try base(#"a=("@authority");tag="t""#, of: sent, over: scheme)
            #expect(made?.hasPrefix("\"@authority\": \(signed)\n") == true, "\(host)")
        }
    }

    @Test("a field in several lines is one list; of Signature-Agent a member can be signed")
    func fields() throws {
        let sent = request(
            "GET / HTTP/1.1", "Host: a", "X-A: 1", "x-a:  2 ", #"Signature-Agent: b="c", d="e""#)
        let input = #"("x-a" "signature-agent";key="d");tag="t""#
        let lines = [
            #""x-a": 1, 2"#, #""signature-agent";key="d": "e""#, #""@signature-params": "# + input,
        ]
        #expect(try base("a=" + input, of: sent) == lines.joined(separator: "\n"))
        #expect(try base(#"a=("signature-agent";key="f");tag="t""#, of: sent) == nil)
    }

    @Test("the member with the tag is read, among others")
    func tagged() throws {
        let field =
            #"a=("@path");tag="other", b=("@method"  "x";key="y" );created=-1;alg="x";nonce="\"";"#
            + #"q;expires=2;keyid="k";tag="t", c=();w=?1;v=*a/b;u=:AA==:"#
        let input = try #require(try read(field))
        func text(_ range: ByteRange) -> String {
            field.withBytes { $0.extracting(range.range).text }
        }
        #expect(text(input.label) == "b" && text(input.keyID) == "k")
        #expect(text(input.algorithm) == "x" && text(input.tag) == "t")
        #expect(input.created == -1 && input.expires == 2)
        #expect(input.componentCount == 2)
        #expect(text(input[0].identifier) == "\"@method\"" && text(input[0].name) == "@method")
        #expect(text(input[1].identifier) == #""x";key="y""# && text(input[1].key) == "y")
        #expect(text(input.parameters).hasPrefix(#"("@method"  "x""#))
        #expect(text(input.parameters).hasSuffix(#";tag="t""#))
        #expect(field.withBytes { input.covers("@method", in: $0) })
        #expect(!field.withBytes { input.covers("x", in: $0) })
        #expect(try read(#"a=("@path");tag="other""#) == nil)
        #expect(try read(#"a=("@path")"#) == nil)
    }

    @Test(
        "what is no such field, or one beyond the bounds, is refused",
        arguments: [
            "", "a", "a=", "a=1", "a=(", #"a=("b"#, #"a=("b""c");tag="t""#, #"a=(b);tag="t""#,
            #"a=("b" "b");tag="t""#, #"a=("b";sf);tag="t""#, #"a=("b";key=1);tag="t""#,
            #"a=("b");tag="t","#, #"a=("b");tag="t", b=("c");tag="t""#,
            #"a=("b");tag="t", a=("c")"#, #"a=("b");tag=t;tag="t""#,
            #"a=("b");tag="t";tag="t""#,
            #"a=("b");created=1;created=2;tag="t""#, #"a=("b");created="1";tag="t""#,
            #"a=("b");created=1234567890123456;tag="t""#, #"a=("b");created=1.5;tag="t""#,
            #"a=("b");created=;tag="t""#, #"a=("b");keyid="é";tag="t""#,
            #"a=("b");x="\n";tag="t""#,
            #"A=("b");tag="t""#, #"a=("b") ;tag="t""#, #"a=("b");tag="t" b=()"#,
            #"a=("b");u=:A A:;tag="t""#, #"a=("b");u=?2;tag="t""#,
            "a=(" + (0..<17).map { "\"c\($0)\"" }.joined(separator: " ") + ");tag=\"t\"",
            "a=();tag=\"t\"" + (0..<12).map { ";p\($0)" }.joined(),
            "a=();tag=\"t\"" + (0..<8).map { ", m\($0)=()" }.joined(),
        ])
    func refused(_ field: String) {
        #expect(throws: StructuredFieldError.self) { _ = try read(field) }
    }

    @Test(
        "a member of a dictionary is found where it stands once, as a string or bytes",
        arguments: [
            ("a=:AB==:", "AB=="), ("b=1;x, a=:AB==:", "AB=="), (#"a="x y""#, "x y"),
            ("a=:AB==:, b=?0", "AB=="), ("a=:AB==:;p", nil), ("a=:A:, a=:B:", nil), ("a", nil),
            ("a=1", nil), ("b=:A:", nil), ("a=:A", nil), ("a=:A:,", nil), ("", nil), ("a=(1)", nil),
            ("a=:AB==:" + (0..<8).map { ", m\($0)" }.joined(), nil),
        ] as [(String, String?)])
    func members(_ field: String, _ text: String?) {
        let found = field.withBytes { bytes in
            StructuredDictionary.text(
                ofMemberNamed: "a", in: ByteRange(0..<bytes.byteCount), bytes
            ).map { bytes.extracting($0.range).text }
        }
        #expect(found == text)
    }

    @Test("a field that is sent twice is told from one that is sent once")
    func only() throws {
        for (lines, isFound) in [(1, true), (2, false)] {
            let more = (1..<lines).map { _ in "Signature-input: b=()" }
            let sent = (["GET / HTTP/1.1", "Host: a"] + more).joined(separator: "\r\n")
            #expect(
                try (base(#"a=("@path");tag="t""#, of: sent + "\r\n\r\n") != nil) == isFound)
        }
    }
}

import Exposition
import Testing

@Suite("Negotiation")
struct AcceptNegotiationTests {
    @Test(
        "answers Prometheus' text to who does not ask for OpenMetrics",
        arguments: [
            "", "*/*", "text/plain", "text/plain;version=0.0.4", "text/html, */*;q=0.1",
            "application/openmetrics-text;q=0", "application/openmetrics-text;version=0.0.1",
            "application/openmetrics-text;version=2.0.0,text/plain;q=0.1",
            "text/plain,application/openmetrics-text;q=0.9", "text/plain, application/*;q=0.999",
            "text/plain;q=0.5, application/openmetrics-text;q=0.500",
            "application/openmetrics-text;q=2", "application/openmetrics-text;q=x",
            "application/openmetrics-text;q=0.1234", "application/openmetrics-text;q=",
            "application/openmetrics-text;q=1.001", "image/png", ",,;;,\"", "application/json",
            "text/*, application/openmetrics-text;q=0.5",
        ])
    func prefersText(accept: String) {
        #expect(format(accept) == .prometheus)
    }

    @Test(
        "answers OpenMetrics to who likes it best",
        arguments: [
            "application/openmetrics-text", "Application/OpenMetrics-Text; Version=1.0.0",
            "application/openmetrics-text;version=\"1.0.0\"", "application/*",
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
            "application/openmetrics-text,text/plain", "text/plain;q=0, */*;q=0.1",
            "text/plain;q=0.5,application/openmetrics-text;q=0.501",
            "application/openmetrics-text;q=1.000,text/plain;q=0.9",
            "*/*, application/openmetrics-text", "application/openmetrics-text;a=\"x,y;q=0\"",
            " \t, application/openmetrics-text\t; version=1.0.0 \t",
            // As Prometheus 2.45 and 3.0 ask.
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;"
                + "version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
                + "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;"
                + "escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
        ])
    func prefersOpenMetrics(accept: String) {
        #expect(format(accept) == .openMetrics)
    }

    @Test(
        "compresses for who accepts gzip",
        arguments: [
            "gzip", "GZIP", "x-gzip", "gzip, deflate, br", "*", "gzip;q=0.001", "*;q=0.1",
            "identity;q=0.5, gzip;q=0.5", "br, *;q=0.2", "identity;q=0, *", "gzip;q=1, *;q=0",
            "*;q=0, gzip", "deflate , gzip ; q=0.8",
        ])
    func compresses(acceptEncoding: String) {
        #expect(wantsGzip(acceptEncoding))
    }

    @Test(
        "does not compress for who does not accept gzip, or likes identity better",
        arguments: [
            "", "identity", "gzip;q=0", "gzip;q=0.000", "br", "*;q=0", "*, gzip;q=0",
            "gzip;q=0, *", "identity;q=1, gzip;q=0.5", "gzip;q=1.5", "gzip;q=-1", "gzipped",
            "gzip;q=0.5, identity", "identity, *;q=0.5",
        ])
    func staysPlain(acceptEncoding: String) {
        #expect(!wantsGzip(acceptEncoding))
    }

    @Test(
        "the language is what is asked for first and most",
        arguments: [
            ("", 0), ("fr", 1), ("FR-ca", 1), ("en, fr", 0), ("fr, en", 1), ("en;q=0.5, fr", 1),
            ("fr-CA, en;q=0.9", 1), ("de", 0), ("de, *;q=0.1", 0), ("fr;q=0", 0),
            ("en;q=0, *", 1), ("en;q=0", 0), ("fra", 0), ("f", 0), ("fr-", 1),
            ("fr;q=0, fr-CA", 0), ("*", 0), ("*, fr;q=0.2", 0),
        ])
    func language(acceptLanguage: String, expected: Int) {
        #expect(language(acceptLanguage) == expected, "\(acceptLanguage)")
    }

    @Test("reads any bytes without trapping")
    func survivesAnything() {
        var seed = UInt64.random(in: .min ... .max)
        print("survivesAnything: seed \(seed)")
        let pieces = [
            "application/openmetrics-text", "text/plain", "*/*", ";", ",", "q=", "version=", "\"",
            "\\", "0.5", "1", " ", "\u{0}", "é", "=", "gzip", "*",
        ]
        for _ in 0..<20_000 {
            var text = ""
            for _ in 0..<12 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += pieces[Int(seed >> 33) % pieces.count]
            }
            _ = format(text)
            _ = wantsGzip(text)
            _ = language(text)
        }
    }

    private func format(_ accept: String) -> MetricsFormat {
        unsafe AcceptNegotiation.format(accept: accept.utf8Span.span.bytes)
    }

    private func language(_ acceptLanguage: String) -> Int {
        unsafe AcceptNegotiation.preferredLanguage(
            of: ["en", "fr"], acceptLanguage: acceptLanguage.utf8Span.span.bytes)
    }

    private func wantsGzip(_ acceptEncoding: String) -> Bool {
        unsafe AcceptNegotiation.wantsGzip(acceptEncoding: acceptEncoding.utf8Span.span.bytes)
    }
}

import Testing

@testable import AdminClient

@Suite("Where a listener is")
struct BaseURLTests {
    @Test(
        "a URL, or an address and a port",
        arguments: [
            ("http://127.0.0.1:8081", "http://127.0.0.1:8081", "127.0.0.1", 8081),
            ("127.0.0.1:7", "http://127.0.0.1:7", "127.0.0.1", 7),
            ("HTTP://Localhost", "http://Localhost", "Localhost", 80),
            ("https://gateway.example:443/", "https://gateway.example", "gateway.example", 443),
            ("http://[::1]:8081", "http://[::1]:8081", "::1", 8081),
            ("[2001:db8::7]", "http://[2001:db8::7]", "2001:db8::7", 80),
            ("https://a/b/c%2Fd//", "https://a/b/c%2Fd", "a", 443),
        ] as [(String, String, String, UInt16)])
    func taken(text: String, description: String, host: String, port: UInt16) throws {
        let url = try BaseURL(text)
        #expect(url.description == description)
        #expect(url.host == host && url.port == port)
        #expect(try BaseURL(url.description) == url)
    }

    @Test("a path is kept as what requests begin with")
    func prefix() throws {
        #expect(try BaseURL("http://a:1/gateway/admin/").pathPrefix == "/gateway/admin")
        #expect(try BaseURL("http://a:1/").pathPrefix == "")
    }

    @Test(
        "what is none says why",
        arguments: [
            ("", "no host"), ("http://", "no host"), ("http://:80", "no host"),
            ("a b", "spaces"), ("http://é", "beyond ASCII"), ("http://a\r\nX: y", "spaces"),
            ("ftp://x", "scheme"), ("http://user@a", "user"), ("http://a:0", "port"),
            ("http://a:65536", "port"), ("http://a:", "port"), ("http://a:+1", "port"),
            ("http://::1:8081", "write [::1]:8081"), ("http://[::g]:1", "brackets"),
            ("http://[::1", "brackets"), ("http://[::1]x", "brackets"),
            ("http://[127.0.0.1]:1", "brackets"),
            ("http://a?b", "query"), ("http://a/#b", "fragment"), ("http://a/../b", "path"),
            ("http://a//b", "path"), ("http://a/%4", "path"), ("http://a<b", "neither"),
        ])
    func refused(text: String, reason: String) {
        let fault = #expect(throws: BaseURLError.self) { try BaseURL(text) }
        #expect(fault?.reason.contains(reason) == true, "\(fault?.reason ?? "none")")
    }

    @Test("parts of a path are escaped, and what no escape helps is refused")
    func segments() {
        #expect(PathSegment.escaped("ete-2026.x_~") == "ete-2026.x_~")
        #expect(PathSegment.escaped("a/b c\n%é") == "a%2Fb%20c%0A%25%C3%A9")
        for part in ["", ".", ".."] { #expect(PathSegment.escaped(part) == nil) }
        #expect(PathSegment.escaped("...") == "...")
    }
}

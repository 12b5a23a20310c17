import Addresses
import Bytes
import Foundation
import Gateway
import Testing

@testable import portillon

@Suite("Trusted proxies in the configuration")
struct ProxySettingsTests {
    let settings = Setting.all(on: Setting.Machine(cores: 4, isTerminal: false))

    private func proxies(_ flags: [String: String] = [:], file: String = "{}") throws
        -> TrustedProxies
    {
        let file = try ConfigurationFile(Data(file.utf8), path: "p.json")
        return try Configuration(settings: settings, flags: flags, file: file).proxies()
    }

    @Test("nobody is trusted, and no header expected, unless it is said")
    func defaults() throws {
        let proxies = try proxies()
        #expect(proxies.networks.isEmpty)
        #expect(proxies.proxyProtocol == .off)
    }

    @Test("a text with commas and an array of texts say the same")
    func lists() throws {
        let networks = ["10.0.0.0/8", "2001:db8::/32", "::1"].compactMap { AddressNetwork($0) }
        let text = "10.0.0.0/8, 2001:db8::/32,::1"
        #expect(try proxies(["trusted_proxies": text]).networks == networks)
        for file in [
            "{\"trusted_proxies\": \"\(text)\"}",
            #"{"trusted_proxies": ["10.0.0.0/8", "2001:db8::/32", "::1"]}"#,
        ] {
            #expect(try proxies(file: file).networks == networks)
        }
        #expect(try proxies(file: #"{"trusted_proxies": []}"#).networks.isEmpty)
    }

    @Test(
        "what is no network is refused, in the flag and in the file",
        arguments: [
            "10.0.0.1/8", "10.0.0.0/33", "example.org", "unix:", ",", "::1,", "::1 ::2", " ",
            Array(repeating: "::1", count: 65).joined(separator: ","),
        ])
    func refused(text: String) {
        for body in [
            { _ = try proxies(["trusted_proxies": text]) },
            { _ = try proxies(file: "{\"trusted_proxies\": \"\(text)\"}") },
            { _ = try proxies(file: "{\"trusted_proxies\": [\"::1\", \"\(text)\"]}") },
            { _ = try proxies(file: #"{"trusted_proxies": [7]}"#) },
            { _ = try proxies(file: #"{"trusted_proxies": [""]}"#) },
        ] as [() throws -> Void] {
            let failure = #expect(throws: CommandFailure.self) { try body() }
            #expect(failure?.status == 78)
            #expect(failure?.lines.joined().contains("addresses and networks") == true)
        }
    }

    @Test("a header takes proxies that are trusted to send it")
    func contradiction() throws {
        let failure = #expect(throws: CommandFailure.self) {
            _ = try proxies(["proxy_protocol": "required"])
        }
        #expect(failure?.status == 78)
        let both = try proxies(["proxy_protocol": "required", "trusted_proxies": "10.0.0.1"])
        #expect(both.proxyProtocol == .required)
    }
}

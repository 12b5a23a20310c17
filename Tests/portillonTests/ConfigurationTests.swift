import Foundation
import Gateway
import Sockets
import Testing
import Wire

@testable import portillon

private let hostNamesText = "up to 32 names of hosts without ports, such as gate.example,gate"

@Suite("Configuration")
struct ConfigurationTests {
    let settings = Setting.all(on: Setting.Machine(cores: 4, isTerminal: false))

    func file(_ text: String) throws -> ConfigurationFile {
        try ConfigurationFile(Data(text.utf8), path: "p.json")
    }

    /// The lines of the failure that `body` must throw, all with exit status 78.
    func faults(_ body: () throws -> Void) -> [String] {
        do {
            try body()
            Issue.record("nothing was thrown")
            return []
        } catch let failure as CommandFailure {
            #expect(failure.status == 78)
            return failure.lines
        } catch {
            Issue.record("\(error) is not a failure")
            return []
        }
    }

    // MARK: Precedence and origin

    @Test("a flag wins over the environment, that over the file, that over the default")
    func precedence() throws {
        let inFile = try file(#"{"data": "from-file"}"#)
        let environment = ["PORTILLON_DATA": "from-environment", "HOME": "/root"]
        let flags = ["data": "from-flag"]
        typealias Case = (Configuration, value: String, origin: Configuration.Origin)
        let cases: [Case] = [
            (try Configuration(settings: settings), "portillon-data", .byDefault),
            (try Configuration(settings: settings, file: inFile), "from-file", .file("p.json")),
            (
                try Configuration(settings: settings, environment: environment, file: inFile),
                "from-environment", .environment("PORTILLON_DATA")
            ),
            (
                try Configuration(
                    settings: settings, flags: flags, environment: environment, file: inFile),
                "from-flag", .flag("--data")
            ),
        ]
        for (configuration, value, origin) in cases {
            #expect(configuration["data"].value == value)
            #expect(configuration["data"].origin == origin)
        }
    }

    @Test("every setting can be set from every source, and tells which it was")
    func everySource() throws {
        for setting in settings {
            let value: String
            let source: String
            switch setting.kind {
            case .address: (value, source) = ("127.0.0.1:9999", #""127.0.0.1:9999""#)
            case .paths: (value, source) = ("/one:/two", #"["/one", "/two"]"#)
            case .path: (value, source) = ("/elsewhere", #""/elsewhere""#)
            case .wholeNumber(let range):
                (value, source) = ("\(range.upperBound)", "\(range.upperBound)")
            case .choice(let words): (value, source) = (words[0], "\"\(words[0])\"")
            case .boolean: (value, source) = ("true", "true")
            case .timeZone: (value, source) = ("Europe/Paris", #""Europe/Paris""#)
            case .networks: (value, source) = ("10.0.0.0/8,::1", #"["10.0.0.0/8", "::1"]"#)
            case .memberURLs:
                (value, source) = ("http://a:1,http://b:2", #"["http://a:1", "http://b:2"]"#)
            case .nodeAddress: (value, source) = ("10.0.0.1:8082", #""10.0.0.1:8082""#)
            case .word: (value, source) = ("a", #""a""#)
            case .hostNames: (value, source) = ("gate.example,gate", #"["gate.example", "gate"]"#)
            }
            let byFlag = try Configuration(settings: settings, flags: [setting.key: value])
            #expect(byFlag[setting.key].value == value)
            #expect(byFlag[setting.key].origin == .flag(setting.flag))
            let byVariable = try Configuration(
                settings: settings, environment: [setting.variable: value])
            #expect(byVariable[setting.key].value == value)
            #expect(byVariable[setting.key].origin == .environment(setting.variable))
            let byFile = try Configuration(
                settings: settings, file: file("{\"\(setting.key)\": \(source)}"))
            #expect(byFile[setting.key].value == value)
            #expect(byFile[setting.key].origin == .file("p.json"))
        }
    }

    @Test("keys of the file are nested or dotted")
    func nesting() throws {
        let nested = try file(#"{"admin": {"listen": "127.0.0.1:1"}, "limits.idle_seconds": 7}"#)
        let configuration = try Configuration(settings: settings, file: nested)
        #expect(configuration.text("admin.listen") == "127.0.0.1:1")
        #expect(configuration.number("limits.idle_seconds") == 7)
        #expect(try configuration.limits().idleSeconds == 7)
    }

    @Test("names follow from the key")
    func names() {
        let names = settings.map { [$0.key, $0.variable, $0.flag] }
        #expect(names.contains(["admin.listen", "PORTILLON_ADMIN_LISTEN", "--admin-listen"]))
        #expect(names.contains(["master_key", "PORTILLON_MASTER_KEY", "--master-key"]))
        #expect(
            names.contains([
                "limits.head_seconds", "PORTILLON_LIMITS_HEAD_SECONDS", "--limit head_seconds",
            ]))
        #expect(
            names.contains([
                "policy.calm_seconds", "PORTILLON_POLICY_CALM_SECONDS", "--policy calm_seconds",
            ]))
        #expect(Set(settings.map(\.variable)).count == settings.count)
        #expect(settings.allSatisfy { !EnvironmentNames.isForeign($0.variable) })
    }

    @Test("every default is a value that the setting takes")
    func defaults() {
        for setting in settings where setting.key != "master_key" {
            #expect(setting.accepts(setting.defaultValue), "\(setting.key)")
        }
    }

    @Test("workers are the cores but one, and at least one")
    func workers() throws {
        for (cores, workers) in [(1, 1), (2, 1), (8, 7)] {
            let settings = Setting.all(on: Setting.Machine(cores: cores, isTerminal: true))
            #expect(try Configuration(settings: settings).number("workers") == workers)
        }
    }

    @Test("the log is for people on a terminal and for programs elsewhere")
    func logFormat() throws {
        for (isTerminal, format) in [(true, "text"), (false, "json")] {
            let settings = Setting.all(on: Setting.Machine(cores: 1, isTerminal: isTerminal))
            #expect(try Configuration(settings: settings).text("log.format") == format)
        }
    }

    @Test("the master key is in the data folder unless it is told where")
    func masterKey() throws {
        let there = try Configuration(settings: settings, flags: ["data": "/d"])
        #expect(there.text("master_key") == "/d/master.key")
        let elsewhere = try Configuration(
            settings: settings, flags: ["data": "/d"],
            environment: ["PORTILLON_MASTER_KEY": "/run/key"])
        #expect(elsewhere.text("master_key") == "/run/key")
    }

    // MARK: TLS

    @Test("certificates and keys come in pairs, one or several, from a text or a list")
    func pairs() throws {
        #expect(try Configuration(settings: settings).tls() == nil)
        let text = try Configuration(
            settings: settings, flags: ["tls.certificate": "/a:/b", "tls.key": "/c:/d"])
        let list = try Configuration(
            settings: settings,
            file: file(#"{"tls": {"certificate": ["/a", "/b"], "key": ["/c", "/d"]}}"#))
        let expected = TLSFiles(pairs: [
            TLSFiles.Pair(certificate: "/a", key: "/c"),
            TLSFiles.Pair(certificate: "/b", key: "/d"),
        ])
        #expect(try text.tls() == expected)
        #expect(try list.tls() == expected)
        #expect(try text.adminTLS() == nil)
        let flags = [
            "admin.tls.certificate": "/a", "admin.tls.key": "/c", "admin.tls.client_ca": "/ca",
        ]
        let admin = try Configuration(settings: settings, flags: flags).adminTLS()
        #expect(admin?.clientAuthorities == "/ca")
    }

    @Test(
        "what of TLS does not go together is named",
        arguments: [
            (["tls.certificate": "/a"], "tls.certificate names 1 file and tls.key no file"),
            (
                ["tls.certificate": "/a", "tls.key": "/b:/c"],
                "tls.certificate names 1 file and tls.key 2 files"
            ),
            (["admin.tls.client_ca": "/a"], "admin.tls.client_ca needs admin.tls.certificate"),
            (["admin.tls.client_ca": "/a:/b"], "admin.tls.client_ca must be one file"),
        ])
    func unpaired(flags: [String: String], line: String) throws {
        let configuration = try Configuration(settings: settings, flags: flags)
        let lines = faults { _ = try (configuration.tls(), configuration.adminTLS()) }
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix(line) == true, "\(lines)")
    }

    // MARK: Strictness

    @Test(
        "a wrong value stops the start with its name and what it takes",
        arguments: [
            ("listen", "8080", "an address and a port, such as 127.0.0.1:8080"),
            ("admin.listen", "", "an address and a port, such as 127.0.0.1:8081"),
            ("workers", "0", "a whole number from 1 to 256"),
            ("workers", "2.5", "a whole number from 1 to 256"),
            ("workers", "99999999999999999999", "a whole number from 1 to 256"),
            ("data", "", "a path"),
            ("tls.key", "/one::/two", "a path, or several separated by colons"),
            ("log.format", "xml", "one of text, json"),
            ("kit", "yes", "true or false"),
            ("admin.host_names", "gate.example:8081", hostNamesText),
            ("admin.host_names", "gate.example,", hostNamesText),
            ("admin.host_names", "https://gate.example", hostNamesText),
            ("limits.head_seconds", "ten", "a whole number from 1 to 300"),
            ("policy.share_permille", "1001", "a whole number from 1 to 1000"),
            ("policy.calm_seconds", "0", "a whole number from 1 to 3600"),
        ])
    func wrongValues(key: String, value: String, takes: String) throws {
        let setting = try #require(settings.first { $0.key == key })
        #expect(
            faults { _ = try Configuration(settings: settings, flags: [key: value]) }
                == ["\(setting.flag) must be \(takes), not \"\(value)\""])
        #expect(
            faults {
                _ = try Configuration(settings: settings, environment: [setting.variable: value])
            } == ["\(setting.variable) must be \(takes), not \"\(value)\""])
        let file = try file("{\"\(key)\": \"\(value)\"}")
        #expect(
            faults { _ = try Configuration(settings: settings, file: file) }
                == ["p.json: \(key) must be \(takes), not \"\(value)\""])
    }

    @Test(
        "a value of the wrong kind in the file is wrong",
        arguments: [
            (#"{"workers": "2"}"#, #"workers must be a whole number from 1 to 256, not "2""#),
            (#"{"workers": 2.5}"#, "workers must be a whole number from 1 to 256, not 2.5"),
            (#"{"workers": null}"#, "workers must be a whole number from 1 to 256, not null"),
            (#"{"kit": "true"}"#, #"kit must be true or false, not "true""#),
            (#"{"data": 3}"#, "data must be a path, not 3"),
            (#"{"data": ["a"]}"#, "data must be a path, not an array"),
            (#"{"log.format": true}"#, "log.format must be one of text, json, not true"),
        ])
    func wrongKinds(text: String, fault: String) throws {
        let file = try file(text)
        #expect(
            faults { _ = try Configuration(settings: settings, file: file) }
                == ["p.json: " + fault])
    }

    @Test("an unknown name is an error in every source, with the one that was meant")
    func unknownNames() throws {
        let file = try file(#"{"limits": {"head_second": 3}, "zzz": 1}"#)
        #expect(
            faults {
                _ = try Configuration(
                    settings: settings,
                    flags: ["limits.hed_bytes": "1", "policy.calm_second": "1"],
                    environment: ["PORTILLON_LISTN": "x"], file: file)
            } == [
                "p.json: there is no setting \"limits.head_second\"; did you mean "
                    + "limits.head_seconds?",
                "p.json: there is no setting \"zzz\"; \"portillon serve --print-config\" lists "
                    + "them all",
                "environment: PORTILLON_LISTN is not a setting; unset it; did you mean "
                    + "PORTILLON_LISTEN?",
                "--limit: there is no limit \"hed_bytes\"; did you mean limits.head_bytes?",
                "--policy: there is no policy setting \"calm_second\"; did you mean "
                    + "policy.calm_seconds?",
            ])
    }

    @Test(
        "variables of the admin commands and of Kubernetes are not taken for settings",
        arguments: [
            "PORTILLON_TOKEN", "PORTILLON_ADMIN", "PORTILLON_CONFIG", "PORTILLON_SERVICE_HOST",
            "PORTILLON_SERVICE_PORT_HTTP", "PORTILLON_PORT", "PORTILLON_PORT_8080_TCP_ADDR",
            "PORTILLON_ADMIN_PORT_8081_TCP",
        ])
    func foreignVariables(variable: String) throws {
        let configuration = try Configuration(
            settings: settings, environment: [variable: "anything"])
        #expect(configuration.entries.allSatisfy { $0.origin == .byDefault })
    }

    @Test(
        "a file that is no object of settings is refused",
        arguments: [
            ("[]", "must hold a JSON object of settings"),
            ("3", "must hold a JSON object of settings"),
            (#"{"log.level": "info", "log": {"level": "info"}}"#, "log.level is set twice"),
        ])
    func wrongFiles(text: String, fault: String) {
        let lines = faults { _ = try file(text) }
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("p.json: " + fault) == true)
    }

    @Test(
        "a file that is not JSON is refused with the place",
        arguments: [
            ("{\n  \"data\": x\n}", "p.json: not JSON at line 2, byte 11: "),
            ("{\"data\": \"x\",}", "p.json: not JSON at line 1, byte 14: "),
            ("", "p.json: not JSON at line 1, byte 1: "),
        ])
    func notJSON(text: String, beginning: String) {
        let lines = faults { _ = try file(text) }
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix(beginning) == true, "\(lines)")
    }

    @Test("limits that do not fit together stop the start")
    func contradictions() throws {
        let configuration = try Configuration(
            settings: settings,
            flags: ["limits.request_line_bytes": "32768", "limits.head_bytes": "1024"])
        #expect(
            faults { _ = try configuration.limits() }
                == ["limits.head_bytes must have room for limits.request_line_bytes"])
    }

    @Test("the policy is the defaults, but for what was set")
    func policy() throws {
        var expected: [String: String] = [:]
        // The rules for robots are no part of the ladder's policy.
        for setting in settings
        where setting.key.hasPrefix("policy.") && setting.key != Setting.ruleset.key {
            expected[String(setting.key.dropFirst(7))] = setting.defaultValue
        }
        #expect(try values(of: Configuration(settings: settings)) == expected)
        expected["calm_seconds"] = "7"
        expected["least_pace"] = "3"
        let given = try Configuration(
            settings: settings, flags: ["policy.calm_seconds": "7"],
            file: file(#"{"policy": {"least_pace": 3, "calm_seconds": 9}}"#))
        #expect(try values(of: given) == expected)
    }

    /// The settings of a configuration's policy, as the log would hold it.
    private func values(of configuration: Configuration) throws -> [String: String] {
        let encoded = try JSONEncoder().encode(configuration.policy())
        return try JSONValue(Array(encoded)).members.mapValues(\.text)
    }

    @Test("a first suspension that is longer than the longest stops the start")
    func policyContradiction() throws {
        let flags = ["policy.suspension_seconds": "61", "policy.longest_suspension_seconds": "60"]
        let wrong = try Configuration(settings: settings, flags: flags)
        #expect(
            faults { _ = try wrong.policy() }
                == ["policy.suspension_seconds must not be above policy.longest_suspension_seconds"]
        )
    }

    // MARK: Showing

    @Test("--print-config shows each key, its value and its origin")
    func printing() throws {
        let configuration = try Configuration(
            settings: settings, flags: ["workers": "2"],
            environment: ["PORTILLON_LOG_LEVEL": "debug"],
            file: file(#"{"data": "/d"}"#))
        let rows = configuration.table.split(separator: "\n")
            .map { $0.split(separator: " ").joined(separator: " ") }
        #expect(rows.first == "SETTING VALUE FROM")
        #expect(rows.count == settings.count + 1)
        for row in [
            "listen 127.0.0.1:8080 default", "data /d file p.json", "workers 2 flag --workers",
            "log.level debug environment PORTILLON_LOG_LEVEL",
        ] {
            #expect(rows.contains(row), "\(row)")
        }
        let encoded = try JSONEncoder().encode(configuration.view)
        let view = try JSONValue(Array(encoded))
        #expect(view["workers"]?["value"] == .integer(2))
        #expect(view["workers"]?["name"] == .string("--workers"))
        #expect(view["data"]?["origin"] == .string("file"))
        #expect(view["listen"]?["name"] == nil)
    }
}

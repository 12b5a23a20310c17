import ArgumentParser
import Foundation
import Gateway

/// The flags that set what the gateway runs with.
struct ServeOptions: ParsableArguments {
    @Option(help: .init("Where front ends send entries.", valueName: "address:port"))
    var listen: String?

    @Option(help: .init("Where operators and scrapers ask.", valueName: "address:port"))
    var adminListen: String?

    @Option(
        help: .init("The folder of the journal, the keys and the admin token.", valueName: "dir"),
        completion: .directory)
    var data: String?

    @Option(help: .init("Event loops for front ends; cores - 1 by default.", valueName: "n"))
    var workers: String?

    @Option(
        help: .init("The key that wraps the data keys; made if missing.", valueName: "file"),
        completion: .file())
    var masterKey: String?

    @Option(
        help: .init(
            "Proxies whose word on a client's address is taken, with commas between.",
            valueName: "networks"))
    var trustedProxies: String?

    @Option(
        help: .init(
            "Whether connections of front ends begin with a PROXY header.", valueName: "word"),
        completion: .list(TrustedProxies.Announcement.allCases.map(\.rawValue)))
    var proxyProtocol: String?

    @Option(
        help: .init(
            "The public listener's certificates, in PEM; with them it speaks TLS only.",
            valueName: "file[:file]"))
    var tlsCertificate: String?

    @Option(
        help: .init("The keys that go with them, in the same order.", valueName: "file[:file]"))
    var tlsKey: String?

    @Option(
        help: .init("The same for the admin listener.", valueName: "file[:file]"))
    var adminTlsCertificate: String?

    @Option(help: .init("The keys that go with them.", valueName: "file[:file]"))
    var adminTlsKey: String?

    @Option(
        help: .init(
            "Who has to have signed the certificate that a client of the admin listener shows.",
            valueName: "file"),
        completion: .file())
    var adminTlsClientCa: String?

    @Option(
        help: .init("A JSON file of settings.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var config: String?

    @Option(
        help: .init("The least that is logged.", valueName: "level"),
        completion: .list(LogFormat.levels))
    var logLevel: String?

    @Option(
        help: .init("text (on a terminal) or json (elsewhere).", valueName: "format"),
        completion: .list(LogFormat.allCases.map(\.rawValue)))
    var logFormat: String?

    @Option(
        name: .customLong("limit"),
        help: .init("A limit; may be repeated. See --print-config.", valueName: "name=value"))
    var limits: [NamedValue] = []

    @Option(
        name: .customLong("policy"),
        help: .init(
            "A setting of the policy; may be repeated. See --print-config.",
            valueName: "name=value"))
    var policy: [NamedValue] = []

    /// What was given, by the settings' keys.
    var flags: [String: String] {
        let named = [
            ("listen", listen), ("admin.listen", adminListen), ("data", data),
            ("workers", workers), ("master_key", masterKey), ("log.level", logLevel),
            ("log.format", logFormat), ("tls.certificate", tlsCertificate), ("tls.key", tlsKey),
            ("admin.tls.certificate", adminTlsCertificate), ("admin.tls.key", adminTlsKey),
            ("admin.tls.client_ca", adminTlsClientCa),
            ("trusted_proxies", trustedProxies), ("proxy_protocol", proxyProtocol),
        ]
        var flags: [String: String] = [:]
        for case (let key, let value?) in named { flags[key] = value }
        for (family, given) in [(SettingFamily.limits, limits), (.policy, policy)] {
            for setting in given { flags[family.key(setting.name)] = setting.value }
        }
        return flags
    }

    /// All settings with what is in force.
    /// - Throws: ``CommandFailure`` 78 with everything that is wrong.
    func configuration(environment: [String: String]) throws(CommandFailure) -> Configuration {
        let path = config ?? environment[EnvironmentNames.configuration]
        var file: ConfigurationFile?
        if let path { file = try ConfigurationFile(path: path) }
        return try Configuration(
            settings: Setting.all(on: .current), flags: flags, environment: environment, file: file)
    }
}

/// `name=value`, as `--limit` and `--policy` take it.
struct NamedValue: ExpressibleByArgument, Equatable {
    let name: String
    let value: String

    init?(argument: String) {
        guard let sign = argument.firstIndex(of: "="), sign != argument.startIndex else {
            return nil
        }
        name = String(argument[..<sign])
        value = String(argument[argument.index(after: sign)...])
    }
}

extension Setting.Machine {
    /// The machine this runs on: the cores that the process may use.
    static var current: Setting.Machine {
        Setting.Machine(
            cores: ProcessInfo.processInfo.activeProcessorCount,
            isTerminal: Output.error.isTerminal)
    }
}

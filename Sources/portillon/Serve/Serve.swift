import ArgumentParser
import Foundation
import Gateway
import Time

/// `portillon serve`: the gateway itself. Its run is in `Serve+Run.swift`.
///
/// The options stand here, and not in a group: in a debug build the parser checks what is declared
/// each time, and those of a group 25 times, which was half of a start.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the gateway.",
        discussion: """
            portillon serve --data /var/lib/portillon --listen 0.0.0.0:8080
            portillon serve --config /etc/portillon.json --print-config

            Every setting can be a flag, an environment variable, or a key in the JSON file named \
            by --config or PORTILLON_CONFIG. A flag wins over the environment, the environment \
            over the file. A wrong name or value in any of them stops the start. The keys:

            \(Setting.help)
            A key's variable is PORTILLON_ and the key in capitals, with _ for each dot: \
            PORTILLON_ADMIN_LISTEN.

            On SIGTERM, SIGINT or SIGQUIT the gateway drains: it answers and stores what is in \
            flight, then stops. A second signal, half a second later or more, stops it at once; so \
            does the first one before the start is complete. On SIGHUP it reads the configuration \
            file, the admin token, the certificates and their keys, the ruleset again, applies \
            what can change while it runs, and logs what needs a restart. If a file is wrong, it \
            changes nothing. Open connections stay open.

            --listen and --admin-listen take 127.0.0.1:8080, [::1]:8080, localhost:8080 (both \
            families), :8080 (every address), or the name of a host that is this machine.

            Under systemd (ops/systemd) it takes its sockets from LISTEN_FDS, so that a restart \
            refuses nobody, and reports to NOTIFY_SOCKET as WATCHDOG_USEC asks.
            """)

    @Option(
        parsing: .unconditional,
        help: .init("The public listener, for entries.", valueName: "address:port"))
    var listen: String?

    @Option(
        parsing: .unconditional,
        help: .init("The admin listener, for operators and metrics.", valueName: "address:port"))
    var adminListen: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "Names of the admin listener beside addresses and localhost, separated by commas.",
            valueName: "names"))
    var adminHostNames: String?

    @Option(
        parsing: .unconditional,
        help: .init("The folder for the journal, the keys and the admin token.", valueName: "dir"),
        completion: .directory)
    var data: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "existing: refuse to begin a new store, as where a volume is not mounted.",
            valueName: "word"),
        completion: .list(["any", "existing"]))
    var store: String?

    @Option(
        parsing: .unconditionalSingleValue,
        help: .init(
            """
            Go on with a store that is not whole: missing-journal, missing-keys, other-store or \
            missing-records. The refused start says which, and what follows from it. Repeatable; \
            for one start, not for a unit file.
            """, valueName: "finding"),
        completion: .list(StoreException.allCases.map(\.rawValue)))
    var accept: [StoreException] = []

    @Option(
        parsing: .unconditional,
        help: .init("Event loops of the public listener. Default: cores - 1.", valueName: "n"))
    var workers: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "The operator's time zone (IANA): the default of operations, and of days.",
            valueName: "name"))
    var timeZone: String?

    @Option(
        parsing: .unconditional,
        help: .init("The operator's public holidays.", valueName: "word"),
        completion: .list(PublicHolidays.allCases.map(\.rawValue)))
    var holidays: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "Serve the front-end kit under /kit/ on the public listener.",
            valueName: "true|false"),
        completion: .list(["true", "false"]))
    var kit: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "Serve the status of the service at /status on the public listener, to everybody.",
            valueName: "true|false"),
        completion: .list(["true", "false"]))
    var statusPage: String?

    @Option(
        parsing: .unconditional,
        help: .init("The key that encrypts the data keys; created if missing.", valueName: "file"),
        completion: .file())
    var masterKey: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "Trusted proxies, separated by commas: the gateway believes their forwarding headers.",
            valueName: "networks"))
    var trustedProxies: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "Whether every public connection begins with a PROXY header.", valueName: "word"),
        completion: .list(TrustedProxies.Announcement.allCases.map(\.rawValue)))
    var proxyProtocol: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "The public listener's certificates (PEM). With them it speaks TLS only.",
            valueName: "file[:file]"))
    var tlsCertificate: String?

    @Option(
        parsing: .unconditional,
        help: .init("Their private keys, in the same order.", valueName: "file[:file]"))
    var tlsKey: String?

    @Option(
        parsing: .unconditional,
        help: .init("The admin listener's certificates (PEM).", valueName: "file[:file]"))
    var adminTlsCertificate: String?

    @Option(
        parsing: .unconditional,
        help: .init("Their private keys, in the same order.", valueName: "file[:file]"))
    var adminTlsKey: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "Authorities (PEM) that must have signed the certificate of every admin client.",
            valueName: "file"),
        completion: .file())
    var adminTlsClientCa: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "Authorities (PEM) for the certificates of webhooks' receivers. Default: the system's.",
            valueName: "file"),
        completion: .file())
    var webhooksCa: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "The URL of each member of etcd that holds the log of several nodes.",
            valueName: "urls"))
    var cluster: String?

    @Option(
        parsing: .unconditional,
        help: .init("Where the other nodes reach this one.", valueName: "address:port"))
    var clusterListen: String?

    @Option(
        parsing: .unconditional,
        help: .init("This node's name in the cluster.", valueName: "name"))
    var node: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "How many nodes the cluster has, where fewer than etcd has voting members.",
            valueName: "count"))
    var clusterNodes: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "The authorities (PEM) for etcd's certificates and the other nodes'.",
            valueName: "file"),
        completion: .file())
    var clusterCa: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "This node's certificate (PEM), for etcd and for the other nodes.", valueName: "file"),
        completion: .file())
    var clusterCertificate: String?

    @Option(
        parsing: .unconditional,
        help: .init("The private key of --cluster-certificate.", valueName: "file"),
        completion: .file())
    var clusterKey: String?

    @Option(
        parsing: .unconditional,
        help: .init(
            "The DNS name in every node's certificate. Default: each has its node's address.",
            valueName: "name"))
    var clusterName: String?

    @Option(
        parsing: .unconditional, help: .init("A JSON file of settings.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var config: String?

    @Option(
        parsing: .unconditional, help: .init("The lowest level to log.", valueName: "level"),
        completion: .list(LogFormat.levels))
    var logLevel: String?

    @Option(
        parsing: .unconditional,
        help: .init("text or json. Default: text on a terminal.", valueName: "format"),
        completion: .list(LogFormat.allCases.map(\.rawValue)))
    var logFormat: String?

    @Option(
        name: .customLong("limit"),
        parsing: .unconditionalSingleValue,
        help: .init("A limit; see --print-config. Repeatable.", valueName: "name=value"))
    var limits: [NamedValue] = []

    @Option(
        name: .customLong("policy"),
        parsing: .unconditionalSingleValue,
        help: .init(
            "A policy setting; see --print-config. Repeatable.",
            valueName: "name=value"))
    var policy: [NamedValue] = []

    @Flag(help: "Print every setting, its value and where that comes from; then exit.")
    var printConfig = false

    @Flag(help: "Print the settings as JSON. Needs --print-config.")
    var json = false

    func validate() throws {
        if json, !printConfig {
            throw ValidationError(
                "--json needs --print-config; for a log in JSON give --log-format json")
        }
    }

    /// The given values, by the settings' keys.
    var flags: [String: String] {
        let named = [
            ("listen", listen), ("admin.listen", adminListen),
            ("admin.host_names", adminHostNames), ("data", data), ("store", store),
            ("workers", workers), ("master_key", masterKey),
            ("log.level", logLevel),
            ("log.format", logFormat), ("tls.certificate", tlsCertificate), ("tls.key", tlsKey),
            ("admin.tls.certificate", adminTlsCertificate), ("admin.tls.key", adminTlsKey),
            ("admin.tls.client_ca", adminTlsClientCa),
            ("webhooks.ca", webhooksCa),
            ("trusted_proxies", trustedProxies), ("proxy_protocol", proxyProtocol),
            ("time_zone", timeZone), ("holidays", holidays), ("kit", kit),
            ("status_page", statusPage), ("cluster", cluster), ("cluster_listen", clusterListen),
            ("node", node), ("cluster_nodes", clusterNodes), ("cluster_ca", clusterCa),
            ("cluster_certificate", clusterCertificate), ("cluster_key", clusterKey),
            ("cluster_name", clusterName),
        ]
        var flags: [String: String] = [:]
        for case (let key, let value?) in named { flags[key] = value }
        for (family, given) in [(SettingFamily.limits, limits), (.policy, policy)] {
            for setting in given { flags[family.key(setting.name)] = setting.value }
        }
        return flags
    }

    /// All settings with their values in force.
    /// - Throws: ``CommandFailure`` 78 with a line for each error.
    func configuration(environment: [String: String]) throws(CommandFailure) -> Configuration {
        let path = config ?? environment[EnvironmentNames.configuration]
        var file: ConfigurationFile?
        if let path { file = try ConfigurationFile(path: path) }
        return try Configuration(
            settings: Setting.all(on: .current), flags: flags, environment: environment, file: file)
    }
}

extension StoreException: ExpressibleByArgument {}

extension Setting.Machine {
    /// This machine: the cores that the process may use.
    static var current: Setting.Machine {
        Setting.Machine(
            cores: ProcessInfo.processInfo.activeProcessorCount,
            isTerminal: Output.error.isTerminal)
    }
}

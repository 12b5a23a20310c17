internal import Addresses
import Bytes
import Cluster
import Gateway
import Sockets
import Time

/// One setting. Its names, checks and help are all derived from here.
struct Setting: Sendable {
    /// The values that a setting accepts.
    enum Kind: Sendable {
        case address(example: String)
        case path
        /// One path or several, separated by `:`; none by default.
        case paths
        case wholeNumber(ClosedRange<Int>)
        case choice([String])
        /// `true` or `false`; in the file a JSON boolean.
        case boolean
        /// An IANA name that this machine can look up.
        case timeZone
        /// Addresses and networks, separated by commas; in the file also an array.
        case networks
        /// Names of hosts, separated by commas; in the file also an array.
        case hostNames
        /// URLs of etcd's members, separated by commas; in the file also an array.
        case memberURLs
        /// Where other nodes reach this one; none by default.
        case nodeAddress
        /// A word for this node; none by default.
        case word
    }

    /// The name in the file: `admin.listen`.
    let key: String
    let kind: Kind
    /// The value in force if nothing sets another.
    let defaultValue: String

    /// The name in the environment: `PORTILLON_ADMIN_LISTEN`.
    var variable: String {
        Self.variablePrefix + key.uppercased().map { $0 == "." ? "_" : String($0) }.joined()
    }

    /// The flag as it is typed: `--admin-listen`, `--limit head_seconds`.
    var flag: String {
        if let family = SettingFamily(of: key) { return "\(family.flag) \(family.name(in: key))" }
        return "--" + key.map { ".\u{5F}".contains($0) ? "-" : String($0) }.joined()
    }

    static var variablePrefix: String { "PORTILLON_" }

    /// What a value must be, as the end of "must be …".
    var takes: String {
        switch kind {
        case .address(let example): "an address and a port, such as \(example)"
        case .path: "a path"
        case .paths: "a path, or several separated by colons"
        case .wholeNumber(let range):
            "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .choice(let words): "one of " + words.joined(separator: ", ")
        case .boolean: "true or false"
        case .timeZone: "an IANA time zone, such as Europe/Paris"
        case .networks:
            "up to \(TrustedProxies.maximumCount) addresses and networks, such as "
                + "10.0.0.0/8,2001:db8::7"
        case .hostNames:
            "up to \(AdminNames.maximumCount) names of hosts without ports, such as "
                + "gate.example,gate"
        case .memberURLs:
            "the URLs of etcd's members, such as http://10.0.0.1:2379,http://10.0.0.2:2379"
        case .nodeAddress:
            "an address of this machine that other nodes reach, such as 10.0.0.1:8082"
        case .word: "1 to 64 letters, digits, \".\", \"_\" or \"-\""
        }
    }

    /// The parts of a value of ``Kind/paths``; an empty value has none.
    static func paths(_ value: String) -> [String] {
        value.isEmpty
            ? [] : value.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    }

    /// Whether the setting accepts this value.
    func accepts(_ value: String) -> Bool {
        switch kind {
        case .address: ListenAddress(value) != nil
        case .path: !value.isEmpty && !value.utf8.contains(0)
        case .paths:
            !value.utf8.contains(0) && Self.paths(value).allSatisfy { !$0.isEmpty }
        case .wholeNumber(let range): Int(value).map(range.contains) ?? false
        case .choice(let words): words.contains(value)
        case .boolean: Bool(value) != nil
        case .timeZone: Gateway.knowsTimeZone(value)
        case .networks: Self.networks(value) != nil
        case .hostNames: Self.hostNames(value) != nil
        case .memberURLs: Self.memberURLs(value) != nil
        case .nodeAddress: value.isEmpty || ClusterConfiguration.address(value) != nil
        case .word: value.isEmpty || LogOwner(node: value, term: 1, address: "-") != nil
        }
    }

    /// The networks in a value of ``Kind/networks``; nil if one of them is invalid.
    static func networks(_ value: String) -> [AddressNetwork]? {
        if value.isEmpty { return [] }
        let parts = value.split(separator: ",", omittingEmptySubsequences: false)
        let networks = parts.compactMap { part in
            AddressNetwork(part.trimmingPrefix(while: { $0 == " " }).description)
        }
        guard networks.count == parts.count, parts.count <= TrustedProxies.maximumCount else {
            return nil
        }
        return networks
    }
}

extension Setting {
    /// The properties of the machine that defaults depend on.
    struct Machine: Sendable {
        var cores: Int
        /// Whether standard error is a terminal.
        var isTerminal: Bool
    }

    /// Every setting, the most common first.
    static func all(on machine: Machine) -> [Setting] {
        [
            Setting(
                key: "listen", kind: .address(example: "127.0.0.1:8080"),
                defaultValue: "127.0.0.1:8080"),
            Setting(
                key: "admin.listen", kind: .address(example: "127.0.0.1:8081"),
                defaultValue: "127.0.0.1:8081"),
            Setting(key: "admin.host_names", kind: .hostNames, defaultValue: ""),
            Setting(
                key: "data", kind: .path, defaultValue: "portillon-data"),
            Setting(key: "store", kind: .choice(["any", "existing"]), defaultValue: "any"),
            Setting(
                key: "workers", kind: .wholeNumber(1...256),
                defaultValue: String(max(machine.cores - 1, 1))),
            Setting(key: "time_zone", kind: .timeZone, defaultValue: "UTC"),
            Setting(
                key: "holidays", kind: .choice(PublicHolidays.allCases.map(\.rawValue)),
                defaultValue: PublicHolidays.france.rawValue),
            Setting(key: "kit", kind: .boolean, defaultValue: "false"),
            Setting(key: "status_page", kind: .boolean, defaultValue: "false"),
            Setting(
                key: "master_key", kind: .path, defaultValue: masterKeyInData),
            Setting(key: "trusted_proxies", kind: .networks, defaultValue: ""),
            Setting(
                key: "proxy_protocol",
                kind: .choice(TrustedProxies.Announcement.allCases.map(\.rawValue)),
                defaultValue: TrustedProxies.Announcement.off.rawValue),
            Setting(
                key: "log.level", kind: .choice(LogFormat.levels), defaultValue: "info"),
            Setting(
                key: "log.format", kind: .choice(LogFormat.allCases.map(\.rawValue)),
                defaultValue: machine.isTerminal ? "text" : "json"),
        ] + tls + webhooks + cluster + limits + policy + [ruleset]
    }

    /// A placeholder for a file in the data folder.
    static var masterKeyInData: String { "<data>/master.key" }
}

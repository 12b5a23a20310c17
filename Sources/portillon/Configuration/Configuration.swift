/// Every setting with its value in force and where that comes from.
///
/// This is a table of our own and not swift-configuration, because every value must know its origin
/// and every unknown name must be an error, wherever it stands.
struct Configuration: Sendable {
    /// Where a value comes from; later ones win.
    enum Origin: Equatable, Sendable {
        case byDefault
        case file(String)
        case environment(String)
        case flag(String)
    }

    struct Entry: Sendable {
        let setting: Setting
        fileprivate(set) var value: String
        fileprivate(set) var origin: Origin
    }

    private(set) var entries: [Entry]
    private var indices: [String: Int]

    /// - Parameters:
    ///   - flags: values by key, as typed.
    ///   - environment: all of it; variables without the prefix `PORTILLON_` are ignored.
    /// - Throws: ``CommandFailure`` 78 with a line for every wrong name and value.
    init(
        settings: [Setting], flags: [String: String] = [:], environment: [String: String] = [:],
        file: ConfigurationFile? = nil
    ) throws(CommandFailure) {
        entries = settings.map { Entry(setting: $0, value: $0.defaultValue, origin: .byDefault) }
        indices = [:]
        for (index, setting) in settings.enumerated() { indices[setting.key] = index }
        var faults: [String] = []
        if let file { apply(file, &faults) }
        apply(environment: environment, &faults)
        apply(flags: flags, &faults)
        guard faults.isEmpty else { throw CommandFailure(.configuration, faults) }
        if self["master_key"].origin == .byDefault {
            set("master_key", self["data"].value + "/master.key", .byDefault)
        }
    }

    /// The entry of a setting.
    /// - Precondition: a setting has that key.
    subscript(key: String) -> Entry {
        guard let index = indices[key] else { preconditionFailure("no setting is called \(key)") }
        return entries[index]
    }

    func text(_ key: String) -> String { self[key].value }

    /// The value of a setting of whole numbers.
    func number(_ key: String) -> Int {
        guard let number = Int(self[key].value) else {
            preconditionFailure("\(key) is checked to be a whole number")
        }
        return number
    }

    /// The value of a setting that is true or false.
    func isTrue(_ key: String) -> Bool {
        guard let isTrue = Bool(self[key].value) else {
            preconditionFailure("\(key) is checked to be true or false")
        }
        return isTrue
    }

    // MARK: Sources, from the weakest to the strongest

    private mutating func apply(_ file: ConfigurationFile, _ faults: inout [String]) {
        for (key, value) in file.values {
            guard let index = indices[key] else {
                faults.append(
                    "\(file.path): there is no setting \"\(key)\""
                        + Self.suggestion(for: key, among: entries.map(\.setting.key)))
                continue
            }
            guard let text = file.text(of: value, for: entries[index].setting) else {
                faults.append(
                    "\(file.path): \(key) must be \(entries[index].setting.takes), "
                        + "not \(ConfigurationFile.source(value))")
                continue
            }
            set(key, text, .file(file.path))
        }
    }

    private mutating func apply(environment: [String: String], _ faults: inout [String]) {
        let keys = Dictionary(
            entries.map { ($0.setting.variable, $0.setting.key) }, uniquingKeysWith: { $1 })
        for (variable, value) in environment.sorted(by: { $0.key < $1.key })
        where variable.hasPrefix(Setting.variablePrefix) && !EnvironmentNames.isForeign(variable) {
            guard let key = keys[variable] else {
                faults.append(
                    "environment: \(variable) is not a setting; unset it"
                        + Self.suggestion(for: variable, among: Array(keys.keys)))
                continue
            }
            check(key, value, named: variable, .environment(variable), &faults)
        }
    }

    private mutating func apply(flags: [String: String], _ faults: inout [String]) {
        for (key, value) in flags.sorted(by: { $0.key < $1.key }) {
            guard let index = indices[key] else {
                // The argument parser rejects every other unknown flag itself.
                guard let family = SettingFamily(of: key) else {
                    preconditionFailure("no flag sets \(key)")
                }
                let known = entries.map(\.setting.key).filter { $0.hasPrefix(family.prefix) }
                faults.append(
                    "\(family.flag): there is no \(family.noun) \"\(family.name(in: key))\""
                        + Self.suggestion(for: key, among: known))
                continue
            }
            let flag = entries[index].setting.flag
            check(key, value, named: flag, .flag(flag), &faults)
        }
    }

    private mutating func check(
        _ key: String, _ value: String, named name: String, _ origin: Origin,
        _ faults: inout [String]
    ) {
        let setting = self[key].setting
        if setting.accepts(value) {
            set(key, value, origin)
        } else {
            faults.append("\(name) must be \(setting.takes), not \"\(printable(value))\"")
        }
    }

    private mutating func set(_ key: String, _ value: String, _ origin: Origin) {
        guard let index = indices[key] else { return }
        entries[index].value = value
        entries[index].origin = origin
    }
}

import Wire

extension Configuration {
    /// What `--print-config` shows.
    var table: String {
        var table = AlignedTable(["setting", "value", "from"])
        for entry in entries {
            table.append([entry.setting.key, entry.value, entry.origin.text])
        }
        return table.text
    }

    /// What `--print-config --json` shows: `{"listen": {"value": …, "origin": …, "name": …}}`.
    var view: [String: EntryView] {
        Dictionary(
            entries.map { ($0.setting.key, EntryView($0)) }, uniquingKeysWith: { $1 })
    }

    struct EntryView: Encodable, Equatable {
        let value: JSONValue
        /// `default`, `file`, `environment` or `flag`.
        let origin: String
        /// The file's path, the variable or the flag.
        let name: String?

        init(_ entry: Entry) {
            if case .wholeNumber = entry.setting.kind, let number = Int(entry.value) {
                value = .integer(number)
            } else if case .boolean = entry.setting.kind, let isTrue = Bool(entry.value) {
                value = .bool(isTrue)
            } else {
                value = .string(entry.value)
            }
            origin = entry.origin.kind
            name = entry.origin.name
        }
    }
}

extension Configuration.Origin {
    var kind: String {
        switch self {
        case .byDefault: "default"
        case .file: "file"
        case .environment: "environment"
        case .flag: "flag"
        }
    }

    var name: String? {
        switch self {
        case .byDefault: nil
        case .file(let name), .environment(let name), .flag(let name): name
        }
    }

    /// `default`, `file portillon.json`, `environment PORTILLON_DATA`, `flag --data`.
    var text: String {
        name.map { "\(kind) \($0)" } ?? kind
    }
}

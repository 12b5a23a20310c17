import Files
import Wire

/// The file of `--config`: a JSON object whose keys are nested or dotted.
struct ConfigurationFile: Sendable {
    let path: String
    /// Values by dotted key, sorted.
    let values: [(key: String, value: JSONValue)]

    /// - Throws: ``CommandFailure`` 78 if the file cannot be read or is not such an object.
    init(path: String) throws(CommandFailure) {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try WholeFile.read(path, atMost: WholeFile.settingsBytes)
        } catch {
            throw CommandFailure(
                .configuration, "\(path): cannot read the configuration file (\(error.reason))")
        }
        try self.init(bytes, path: path)
    }

    init(_ bytes: some Sequence<UInt8>, path: String) throws(CommandFailure) {
        let document: JSONValue
        do throws(JSONReadingError) {
            document = try JSONValue([UInt8](bytes))
        } catch {
            throw CommandFailure(.configuration, "\(path): \(error)")
        }
        guard case .object(let members) = document else {
            throw CommandFailure(.configuration, "\(path): must hold a JSON object of settings")
        }
        var found: [String: JSONValue] = [:]
        var repeated: Set<String> = []
        Self.flatten(members, under: "", into: &found, &repeated)
        guard repeated.isEmpty else {
            throw CommandFailure(
                .configuration,
                repeated.sorted().map {
                    "\(path): \($0) is set twice, once nested and once dotted; remove one"
                })
        }
        self.path = path
        values = found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func flatten(
        _ members: [String: JSONValue], under prefix: String, into found: inout [String: JSONValue],
        _ repeated: inout Set<String>
    ) {
        for (name, value) in members {
            let key = prefix.isEmpty ? name : prefix + "." + name
            if case .object(let inner) = value {
                flatten(inner, under: key, into: &found, &repeated)
            } else if found.updateValue(value, forKey: key) != nil {
                repeated.insert(key)
            }
        }
    }

    // MARK: Values

    /// The value as the setting's text; nil if the setting does not accept it. Numbers must be
    /// JSON numbers, truths JSON booleans, texts JSON strings.
    func text(of value: JSONValue, for setting: Setting) -> String? {
        let text: String
        switch (setting.kind, value) {
        case (.wholeNumber, .integer(let number)): text = String(number)
        case (.boolean, .bool(let given)): text = String(given)
        case (.address, .string(let given)), (.path, .string(let given)),
            (.paths, .string(let given)), (.choice, .string(let given)),
            (.timeZone, .string(let given)), (.networks, .string(let given)),
            (.hostNames, .string(let given)), (.memberURLs, .string(let given)),
            (.nodeAddress, .string(let given)), (.word, .string(let given)):
            text = given
        case (.networks, .array(let given)), (.hostNames, .array(let given)),
            (.memberURLs, .array(let given)):
            let texts = given.compactMap(\.string)
            guard texts.count == given.count, !texts.contains("") else { return nil }
            text = texts.joined(separator: ",")
        case (.paths, .array(let given)):
            let paths = given.compactMap(\.string)
            guard paths.count == given.count, !paths.contains(where: { $0.contains(":") }) else {
                return nil
            }
            text = paths.joined(separator: ":")
        default: return nil
        }
        return setting.accepts(text) ? text : nil
    }

    /// A value as the file spells it.
    static func source(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): String(value)
        case .string(let text): "\"\(printable(text))\""
        case .array: "an array"
        case .object: "an object"
        default: value.text
        }
    }
}

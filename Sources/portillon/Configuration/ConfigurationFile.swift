import Foundation

/// The file of `--config`: a JSON object whose keys are nested or dotted.
struct ConfigurationFile: Sendable {
    let path: String
    /// Values by dotted key, sorted.
    let values: [(key: String, value: JSON)]

    /// - Throws: ``Failure`` 78 where the file cannot be read or is not such an object.
    init(path: String) throws(Failure) {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw Failure(
                .configuration,
                "\(path): the configuration file cannot be read (\(reason(for: error)))")
        }
        try self.init(bytes, path: path)
    }

    init(_ bytes: Data, path: String) throws(Failure) {
        let document: JSON
        do {
            document = try JSONDecoder().decode(JSON.self, from: bytes)
        } catch {
            throw Failure(.configuration, "\(path): not JSON: \(Self.fault(error))")
        }
        guard case .object(let members) = document else {
            throw Failure(.configuration, "\(path): takes a JSON object of settings")
        }
        var found: [String: JSON] = [:]
        var repeated: Set<String> = []
        Self.flatten(members, under: "", into: &found, &repeated)
        guard repeated.isEmpty else {
            throw Failure(
                .configuration,
                repeated.sorted().map { "\(path): \($0) is there twice, nested and dotted" })
        }
        self.path = path
        values = found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func flatten(
        _ members: [String: JSON], under prefix: String, into found: inout [String: JSON],
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

    /// The value as the setting's text; nil where it is not what the setting takes. Numbers are
    /// written as numbers and texts as texts.
    func text(of value: JSON, for setting: Setting) -> String? {
        let text: String
        switch (setting.kind, value) {
        case (.wholeNumber, .integer(let number)): text = String(number)
        case (.address, .string(let given)), (.path, .string(let given)),
            (.choice, .string(let given)):
            text = given
        default: return nil
        }
        return setting.accepts(text) ? text : nil
    }

    /// A value as the file has it.
    static func source(_ value: JSON) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): String(value)
        case .string(let text): "\"\(printable(text))\""
        case .array: "an array"
        case .object: "an object"
        default: value.text
        }
    }

    /// What the decoder says is wrong, and where.
    private static func fault(_ error: any Error) -> String {
        guard case DecodingError.dataCorrupted(let context) = error,
            let underlying = context.underlyingError as NSError?,
            let text = underlying.userInfo[NSDebugDescriptionErrorKey] as? String
        else { return "it cannot be read" }
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}

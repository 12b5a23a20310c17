internal import Bytes
internal import Foundation
internal import Time
internal import Wire

/// Reads the fields of an admin request's body, and remembers everything that is wrong with it,
/// so that one answer names it all.
struct BodyReader {
    private var fields: [String: JSONValue]
    private(set) var fieldErrors: [FieldError] = []

    /// Enough to mend a request by; a body of a hundred thousand mistakes earns no more.
    private static var maximumFieldErrors: Int { 32 }

    /// - Throws: ``Problem`` 400 where the bytes are not JSON, 422 where they are not an object.
    ///   No bytes at all are an empty object: not every request needs a body.
    init(_ body: [UInt8]) throws(Problem) {
        fields = [:]
        if body.isEmpty { return }
        var document = JSONDocument(nodeCapacity: 64)
        if let failure = body.withBytes({ document.parse($0) }) { throw .notJSON(failure) }
        guard document.node(0).kind == .object else {
            throw .wrongShape([FieldError(pointer: "", detail: "The body is a JSON object.")])
        }
        do {
            fields = try JSONDecoder().decode([String: JSONValue].self, from: Data(body))
        } catch {
            throw .wrongShape([FieldError(pointer: "", detail: "The body cannot be read.")])
        }
    }

    /// Ends the reading: unknown fields are faults too.
    /// - Throws: ``Problem`` 422 with every fault.
    mutating func finish() throws(Problem) {
        for name in fields.keys.sorted() {
            addError(FieldError.pointerToken(name), "There is no such field here.")
        }
        if !fieldErrors.isEmpty { throw .wrongShape(fieldErrors) }
    }

    // MARK: Fields

    mutating func string(_ name: String) -> String {
        guard let value = optionalString(name) else {
            if !fieldErrors.contains(where: { $0.pointer == "/" + name }) {
                addError(name, "This field is required.")
            }
            return ""
        }
        return value
    }

    mutating func optionalString(_ name: String) -> String? {
        switch take(name) {
        case nil, .null: return nil
        case .string(let value): return value
        default:
            addError(name, "This is a string.")
            return nil
        }
    }

    mutating func optionalInteger(_ name: String) -> Int? {
        switch take(name) {
        case nil, .null: return nil
        case .integer(let value): return value
        default:
            addError(name, "This is a whole number.")
            return nil
        }
    }

    /// An RFC 3339 time; finer than a millisecond is cut off.
    mutating func optionalTime(_ name: String) -> Timestamp? {
        guard let text = optionalString(name) else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            addError(name, "This is a time like 2026-11-20T12:00:00Z (RFC 3339).")
            return nil
        }
        return time
    }

    /// A required RFC 3339 time.
    mutating func time(_ name: String) -> Timestamp {
        require(name)
        return optionalTime(name) ?? Timestamp(milliseconds: 0)
    }

    /// A required whole number from 0 to 4,294,967,295.
    mutating func count(_ name: String) -> UInt32 {
        require(name)
        return optionalCount(name) ?? 0
    }

    /// A required field that is a number, or null.
    mutating func nullableCount(_ name: String) -> UInt32? {
        if fields[name] == nil {
            addError(name, "This field is required; null takes the pace away.")
        }
        return optionalCount(name)
    }

    private mutating func optionalCount(_ name: String) -> UInt32? {
        guard let value = optionalInteger(name) else { return nil }
        guard let count = UInt32(exactly: value) else {
            addError(name, "This is a whole number from 0 to \(UInt32.max).")
            return nil
        }
        return count
    }

    mutating func flag(_ name: String) -> Bool {
        switch take(name) {
        case nil, .null: return false
        case .bool(let value): return value
        default:
            addError(name, "This is true or false.")
            return false
        }
    }

    /// One of the words that `Choice` is written as; it has to be there.
    mutating func requiredChoice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, default fallback: Choice
    ) -> Choice where Choice.RawValue == String {
        require(name)
        return choice(name, default: fallback)
    }

    mutating func strings(_ name: String) -> [String] {
        switch take(name) {
        case nil, .null: return []
        case .array(let values):
            return values.enumerated().compactMap { index, value in
                if case .string(let text) = value { return text }
                addError("\(name)/\(index)", "This is a string.")
                return nil
            }
        default:
            addError(name, "This is an array of strings.")
            return []
        }
    }

    /// One of the words that `Choice` is written as.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, default fallback: Choice
    ) -> Choice where Choice.RawValue == String {
        guard let text = optionalString(name) else { return fallback }
        guard let choice = Choice(rawValue: text) else {
            let words = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            addError(name, "This is one of \(words).")
            return fallback
        }
        return choice
    }

    /// Null is as good as nothing: nobody meant to say it.
    private mutating func require(_ name: String) {
        switch fields[name] {
        case nil, .null: addError(name, "This field is required.")
        default: break
        }
    }

    mutating func addError(_ name: String, _ detail: String) {
        if fieldErrors.count == Self.maximumFieldErrors { return }
        fieldErrors.append(FieldError(pointer: "/" + name, detail: detail))
    }

    private mutating func take(_ name: String) -> JSONValue? {
        fields.removeValue(forKey: name)
    }
}

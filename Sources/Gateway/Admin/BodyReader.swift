internal import Bytes
internal import Time
internal import Wire

/// Reads the fields of an admin request's body, and collects everything that is wrong with it, so
/// that one answer names it all.
struct BodyReader {
    private var fields: [String: JSONValue]
    private(set) var fieldErrors: [FieldError] = []

    /// Enough to mend a request by; a body of a hundred thousand mistakes earns no more.
    private static var maximumFieldErrors: Int { 32 }

    /// - Throws: ``Problem`` 400 where the bytes are not JSON, 422 where they are not an object, or
    ///   have a value that cannot be represented. No bytes at all are an empty object: not every
    ///   request needs a body.
    init(_ body: [UInt8]) throws(Problem) {
        fields = [:]
        if body.isEmpty { return }
        guard case .object(let members) = try Self.value(body) else {
            throw .wrongShape([FieldError(pointer: "", detail: "Must be a JSON object.")])
        }
        fields = members
    }

    /// The members of an object that was read.
    init(members: [String: JSONValue]) {
        fields = members
    }

    /// Reads a body as JSON.
    /// - Throws: ``Problem`` 400 where it is not, 422 for a value that cannot be represented.
    static func value(_ body: [UInt8]) throws(Problem) -> JSONValue {
        do throws(JSONReadingError) {
            return try JSONValue(body)
        } catch {
            switch error {
            case .notJSON(let failure, _): throw .notJSON(failure)
            case .numberOutOfRange, .repeatedKey:
                throw .wrongShape([FieldError(pointer: error.pointer, detail: error.detail)])
            }
        }
    }

    /// Ends the reading: unknown fields are faults too.
    /// - Throws: ``Problem`` 422 with every fault.
    mutating func finish() throws(Problem) {
        refuseUnknown()
        if !fieldErrors.isEmpty { throw .wrongShape(fieldErrors) }
    }

    private mutating func refuseUnknown() {
        for name in fields.keys.sorted() {
            addError(JSONPointer.token(name), "Unknown field; remove it.")
        }
    }

    // MARK: Fields

    mutating func string(_ name: String) -> String {
        guard let value = optionalString(name) else {
            if !fieldErrors.contains(where: { $0.pointer == "/" + name }) {
                addError(name, "Required.")
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
            addError(name, "Must be a string.")
            return nil
        }
    }

    mutating func optionalInteger(_ name: String) -> Int? {
        switch take(name) {
        case nil, .null: return nil
        case .integer(let value): return value
        default:
            addError(name, "Must be a whole number.")
            return nil
        }
    }

    /// A whole number within a range; nil without one.
    mutating func optionalInteger(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let value = optionalInteger(name) else { return nil }
        if !range.contains(value) {
            addError(
                name,
                "Must be a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return value
    }

    /// An RFC 3339 time; finer than a millisecond is cut off.
    mutating func optionalTime(_ name: String) -> Timestamp? {
        guard let text = optionalString(name) else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            addError(name, "Must be an RFC 3339 time, such as 2026-11-20T12:00:00Z.")
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
        if fields[name] == nil { addError(name, "Required; null removes the pace.") }
        return optionalCount(name)
    }

    private mutating func optionalCount(_ name: String) -> UInt32? {
        guard let value = optionalInteger(name) else { return nil }
        guard let count = UInt32(exactly: value) else {
            addError(name, "Must be a whole number from 0 to \(UInt32.max).")
            return nil
        }
        return count
    }

    mutating func flag(_ name: String) -> Bool {
        switch take(name) {
        case nil, .null: return false
        case .bool(let value): return value
        default:
            addError(name, "Must be true or false.")
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
                addError("\(name)/\(index)", "Must be a string.")
                return nil
            }
        default:
            addError(name, "Must be an array of strings.")
            return []
        }
    }

    /// An object whose members are strings; nil without any.
    mutating func optionalStrings(_ name: String) -> [String: String]? {
        switch take(name) {
        case nil, .null: return nil
        case .object(let members):
            var texts: [String: String] = [:]
            for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                switch value {
                case .string(let text): texts[key] = text
                case .null: continue
                default: addError("\(name)/\(JSONPointer.token(key))", "Must be a string.")
                }
            }
            return texts.isEmpty ? nil : texts
        default:
            addError(name, "Must be an object of strings.")
            return nil
        }
    }

    /// An object with members of its own, whose errors are this body's; nil without one.
    mutating func optionalObject<Value>(
        _ name: String, _ read: (inout BodyReader) -> Value?
    ) -> Value? {
        switch take(name) {
        case nil, .null: return nil
        case .object(let members):
            var inner = BodyReader(members: members)
            let value = read(&inner)
            inner.refuseUnknown()
            for error in inner.fieldErrors { addError(name + error.pointer, error.detail) }
            return value
        default:
            addError(name, "Must be an object.")
            return nil
        }
    }

    /// One of the words that `Choice` is written as.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, default fallback: Choice
    ) -> Choice where Choice.RawValue == String {
        optionalChoice(name) ?? fallback
    }

    mutating func optionalChoice<Choice: RawRepresentable & CaseIterable>(
        _ name: String
    ) -> Choice? where Choice.RawValue == String {
        guard let text = optionalString(name) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let words = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        addError(name, "Must be one of \(words).")
        return nil
    }

    /// A value of any kind; nil without one.
    mutating func optionalValue(_ name: String) -> JSONValue? {
        switch take(name) {
        case nil, .null: nil
        case let value: value
        }
    }

    /// Null is as good as nothing: nobody meant to say it.
    private mutating func require(_ name: String) {
        switch fields[name] {
        case nil, .null: addError(name, "Required.")
        default: break
        }
    }

    mutating func addError(_ name: String, _ detail: String) {
        if fieldErrors.count == Self.maximumFieldErrors { return }
        fieldErrors.append(FieldError(pointer: "/" + name, detail: detail))
    }

    /// About the object as a whole.
    mutating func addWholeError(_ detail: String) {
        fieldErrors.append(FieldError(pointer: "", detail: detail))
    }

    private mutating func take(_ name: String) -> JSONValue? {
        fields.removeValue(forKey: name)
    }
}

/// A JSON value of a ruleset's file; an object's members in the order in which they are written.
enum RulesetValue: Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([RulesetValue])
    case object([Member])

    struct Member: Sendable {
        let name: String
        let value: RulesetValue
    }
}

// MARK: Asking, with an error that says where

extension RulesetValue {
    /// - Throws: ``RulesetError`` with the pointer where the value is another one.
    func string(_ pointer: String) throws(RulesetError) -> String {
        guard case .string(let text) = self else {
            throw RulesetError(pointer, "Must be a string.")
        }
        return text
    }

    func array(_ pointer: String) throws(RulesetError) -> [RulesetValue] {
        guard case .array(let elements) = self else {
            throw RulesetError(pointer, "Must be an array.")
        }
        return elements
    }

    func object(_ pointer: String) throws(RulesetError) -> [Member] {
        guard case .object(let members) = self else {
            throw RulesetError(pointer, "Must be an object.")
        }
        return members
    }

    func integer(_ pointer: String, in range: ClosedRange<Int>) throws(RulesetError) -> Int {
        guard case .number(let number) = self, let integer = Int(exactly: number),
            range.contains(integer)
        else {
            throw RulesetError(
                pointer,
                "Must be a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return integer
    }

    /// One text, or an array of texts; each with its pointer.
    func strings(
        _ pointer: String
    ) throws(RulesetError) -> [(text: String, pointer: String)] {
        if case .string(let text) = self { return [(text, pointer)] }
        guard case .array(let elements) = self, !elements.isEmpty else {
            throw RulesetError(pointer, "Must be a string, or an array of one string or more.")
        }
        var texts: [(text: String, pointer: String)] = []
        for (index, element) in elements.enumerated() {
            let place = "\(pointer)/\(index)"
            texts.append((try element.string(place), place))
        }
        return texts
    }
}

extension [RulesetValue.Member] {
    subscript(_ name: String) -> RulesetValue? { first { $0.name == name }?.value }

    /// - Throws: ``RulesetError`` where the member is missing.
    func required(_ name: String, in pointer: String) throws(RulesetError) -> RulesetValue {
        guard let value = self[name] else {
            throw RulesetError("\(pointer)/\(name)", "Must be there.")
        }
        return value
    }

    /// - Throws: ``RulesetError`` where a member is none of these.
    func check(known names: [String], in pointer: String) throws(RulesetError) {
        for member in self where !names.contains(member.name) {
            throw RulesetError(
                "\(pointer)/\(RulesetError.token(member.name))",
                "Must not be there: known here are \(names.joined(separator: ", ")).")
        }
    }
}

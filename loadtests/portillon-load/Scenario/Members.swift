import Wire

/// The members of one object of a scenario, taken one by one; what nobody took is a mistake.
struct Members {
    /// Where the object stands in the file.
    let path: String
    private var left: [String: JSONValue]
    private var known: [String] = []

    init(_ json: JSONValue, at path: String) throws(ScenarioError) {
        guard case .object(let members) = json else {
            throw ScenarioError(path: path, reason: "an object is needed")
        }
        self.path = path
        left = members
    }

    func path(of name: String) -> String { path.isEmpty ? name : path + "." + name }

    func wrong(_ name: String, _ reason: String) -> ScenarioError {
        ScenarioError(path: path(of: name), reason: reason)
    }

    /// A member as it stands; nil without it.
    mutating func take(_ name: String) -> JSONValue? {
        known.append(name)
        return left.removeValue(forKey: name)
    }

    mutating func number(
        _ name: String, in range: ClosedRange<Double>
    ) throws(ScenarioError) -> Double? {
        guard let value = take(name) else { return nil }
        guard let number = value.number, range.contains(number) else {
            throw wrong(name, "a number from \(range.lowerBound) to \(range.upperBound) is needed")
        }
        return number
    }

    mutating func integer(
        _ name: String, in range: ClosedRange<Int>
    ) throws(ScenarioError) -> Int? {
        guard let value = take(name) else { return nil }
        guard let integer = value.integer, range.contains(integer) else {
            throw wrong(
                name, "a whole number from \(range.lowerBound) to \(range.upperBound) is needed")
        }
        return integer
    }

    mutating func string(_ name: String) throws(ScenarioError) -> String? {
        guard let value = take(name) else { return nil }
        guard let string = value.string else { throw wrong(name, "a text is needed") }
        return string
    }

    mutating func bool(_ name: String) throws(ScenarioError) -> Bool? {
        guard let value = take(name) else { return nil }
        guard let bool = value.bool else { throw wrong(name, "true or false is needed") }
        return bool
    }

    /// The elements of an array with their paths; empty without the member.
    mutating func array(_ name: String) throws(ScenarioError) -> [(json: JSONValue, path: String)] {
        guard let value = take(name) else { return [] }
        guard case .array(let elements) = value else { throw wrong(name, "a list is needed") }
        return elements.enumerated().map { ($1, "\(path(of: name))[\($0)]") }
    }

    mutating func object(_ name: String) throws(ScenarioError) -> Members? {
        guard let value = take(name) else { return nil }
        return try Members(value, at: path(of: name))
    }

    /// All that is left, by name, in order of names: where names are the scenario's own.
    mutating func removeAll() -> [(name: String, json: JSONValue)] {
        defer { left = [:] }
        return left.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Nothing may be left: a misspelt member that is passed over changes what is measured.
    func end() throws(ScenarioError) {
        guard let name = left.keys.min() else { return }
        throw wrong(name, "unknown; known here: \(known.sorted().joined(separator: ", "))")
    }
}

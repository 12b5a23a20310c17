import Wire

/// A JSON object that is printed while its list is still being fetched.
struct ListDocument {
    /// The list's member.
    let name: String
    /// Its other members.
    var members: [String: JSONValue] = [:]
    private var hasBegun = false
    private var hasElements = false

    init(name: String, members: [String: JSONValue] = [:]) {
        self.name = name
        self.members = members
    }

    /// Prints more elements. A document of one page is printed like every other answer.
    mutating func append(_ elements: [JSONValue], isLast: Bool) throws {
        if !hasBegun, isLast {
            var whole = members
            whole[name] = .array(elements)
            try Output.standard.write(json: JSONValue.object(whole))
            return
        }
        var text = hasBegun ? "" : try beginning()
        hasBegun = true
        for element in elements {
            text += hasElements ? ",\n" : ""
            text += try Output.text(json: element)
            hasElements = true
        }
        if isLast { text += "]}\n" }
        try Output.standard.write(text)
    }

    /// The members before the list, up to its first element.
    private func beginning() throws -> String {
        var text = "{"
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            text += "\(quotedForJSON(name)):\(try Output.text(json: value)),"
        }
        return text + "\(quotedForJSON(name)):["
    }
}

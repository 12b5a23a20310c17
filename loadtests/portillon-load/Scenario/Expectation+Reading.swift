import Wire

extension Expectation {
    /// The member `expect`: a list of expectations; empty without it.
    /// - Parameter figures: names that may be expected something of here.
    static func list(
        _ members: inout Members, figures: [String]
    ) throws(ScenarioError) -> [Expectation] {
        var found: [Expectation] = []
        for (json, path) in try members.array("expect") {
            found.append(try Expectation(json, at: path, figures: figures))
        }
        return found
    }

    private init(_ json: JSONValue, at path: String, figures: [String]) throws(ScenarioError) {
        var members = try Members(json, at: path)
        figure = try Self.figure(try members.string("figure"), &members, of: figures)
        window = try Self.window(&members)
        if window != nil, !FigureNames.windowed.contains(figure) {
            throw members.wrong("from", "\(figure) is a figure of the whole run")
        }
        bounds = []
        for relation in Relation.allCases {
            guard let json = members.take(relation.rawValue) else { continue }
            let path = members.path(of: relation.rawValue)
            bounds.append(
                Bound(
                    relation: relation,
                    reference: try Self.reference(json, at: path, figures: figures)))
        }
        guard !bounds.isEmpty else {
            let names = Relation.allCases.map(\.rawValue).joined(separator: ", ")
            throw ScenarioError(path: path, reason: "a bound is needed: \(names)")
        }
        try members.end()
    }

    private static func figure(
        _ name: String?, _ members: inout Members, of figures: [String]
    ) throws(ScenarioError) -> String {
        guard let name, figures.contains(name) else {
            throw members.wrong("figure", "one of \(figures.joined(separator: ", ")) is needed")
        }
        return name
    }

    private static func window(_ members: inout Members) throws(ScenarioError) -> Window? {
        let from = try members.integer("from", in: 0...1_000_000)
        let to = try members.integer("to", in: 1...1_000_000)
        if from == nil && to == nil { return nil }
        let window = Window(from: from ?? 0, to: to ?? .max)
        guard window.from < window.to else { throw members.wrong("to", "it is later than from") }
        return window
    }

    private static func reference(
        _ json: JSONValue, at path: String, figures: [String]
    ) throws(ScenarioError) -> Reference {
        switch json {
        case .integer(let number): return .number(Double(number))
        case .number(let number): return .number(number)
        case .string(let name) where figures.contains(name):
            return .figure(name, times: 1, window: nil)
        case .object:
            var members = try Members(json, at: path)
            let name = try figure(try members.string("figure"), &members, of: figures)
            let times = try members.number("times", in: 0...1e6) ?? 1
            let window = try window(&members)
            if window != nil, !FigureNames.windowed.contains(name) {
                throw members.wrong("from", "\(name) is a figure of the whole run")
            }
            let stream = try members.string("stream")
            if stream != nil, window != nil {
                throw members.wrong("stream", "a figure of another stream is of all its seconds")
            }
            try members.end()
            return .figure(name, times: times, window: window, stream: stream)
        default:
            throw ScenarioError(path: path, reason: "a number, or a figure's name, is needed")
        }
    }
}

import ArgumentParser
import Ledger
import Wire

/// Which operations are shown, and in which order.
struct OperationSelection: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: .init("Only operations of this client. Repeatable.", valueName: "client"))
    var client: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: .init("Only operations in this state. Repeatable.", valueName: "state"))
    var state: [DatedState] = []

    @Option(
        parsing: .unconditional,
        help: "Sort by this column: numbers from the largest down, words from a on.")
    var sort: Order?

    @Flag(help: "Reverse the order.") var reverse = false

    @Option(
        parsing: .unconditional, help: .init("Only the first n operations.", valueName: "n"))
    var limit: Int?

    /// A column to sort by.
    enum Order: String, ExpressibleByArgument, CaseIterable {
        case operation, client, state, entries, participants, cover, used, waiting
    }

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1") }
    }

    /// Whether all operations are shown, in the order in which they come.
    var isWhole: Bool {
        client.isEmpty && state.isEmpty && sort == nil && !reverse && limit == nil
    }

    /// What is shown in place of a table where nothing is selected of what there is.
    static var noMatch: String { "No operation matches.\n" }

    /// The selected operations in their order; without options all of them, as they came.
    func apply(to operations: [JSONValue]) -> [JSONValue] {
        var chosen = operations.filter { operation in
            (client.isEmpty || client.contains(operation["client"]?.string ?? ""))
                && (state.isEmpty
                    || state.contains { $0.name == operation["state"]?.string })
        }
        if let sort { chosen.sort { Self.isBefore($0, $1, by: sort) } }
        if reverse { chosen.reverse() }
        return limit.map { Array(chosen.prefix($0)) } ?? chosen
    }

    /// An answer with its member `operations` reduced to those selected.
    func apply(toAnswer answer: JSONValue) -> JSONValue {
        guard case .object(var members) = answer else { return answer }
        members["operations"] = .array(apply(to: answer["operations"]?.elements ?? []))
        return .object(members)
    }

    private static func isBefore(_ left: JSONValue, _ right: JSONValue, by order: Order) -> Bool {
        switch order {
        case .operation, .client, .state:
            let (first, second) = (word(left, order.rawValue), word(right, order.rawValue))
            if first != second { return first < second }
        case .entries, .participants, .cover, .used, .waiting:
            let (first, second) = (number(left, order), number(right, order))
            if first != second { return first > second }
        }
        return word(left, "operation") < word(right, "operation")
    }

    private static func word(_ operation: JSONValue, _ member: String) -> String {
        operation[member]?.string ?? ""
    }

    private static func number(_ operation: JSONValue, _ order: Order) -> Double {
        guard order == .used else { return operation[order.rawValue]?.number ?? 0 }
        return StandingText.share(operation) ?? 0
    }
}

extension DatedState: ExpressibleByArgument {
    /// As the interface calls it; `-` may stand for `_`, as in other options.
    init?(argument: String) {
        let name = String(argument.map { $0 == "-" ? "_" : $0 })
        guard let index = Self.allValueStrings.firstIndex(of: name) else { return nil }
        self = Self.allCases[index]
    }

    static var allValueStrings: [String] { allCases.map(\.name) }
}

internal import Ledger

extension Control {
    /// Has a command decided that bears the next number of its kind. Where another request took the
    /// number meanwhile, it is sent again with the next one.
    /// - Parameters:
    ///   - first: the number to begin with.
    ///   - command: makes the command with a number.
    /// - Returns: the number that it was decided with.
    /// - Throws: as ``decide(_:by:keys:expecting:)``.
    func decide(
        numbered first: UInt32, by author: Author,
        _ command: @Sendable (UInt32) -> AdministrativeCommand
    ) async throws(Problem) -> UInt32 {
        var number = first
        var attempts = 1
        while true {
            let result = try await outcome(of: command(number), by: author)
            if case .decided(.failure(.numberTaken(_, let next)), _) = result,
                attempts < Self.numberAttempts
            {
                number = next
                attempts += 1
                continue
            }
            _ = try decision(result)
            return number
        }
    }

    /// As many requests as can be in progress at once are decided in any order: each round of them
    /// gives one a number.
    private static var numberAttempts: Int { 100 }
}

extension AdminCall {
    /// A parameter of the route's pattern that is a number, in its one spelling.
    /// - Parameter absent: what is said where it is none.
    func number<Number: FixedWidthInteger>(
        _ name: String, as type: Number.Type = UInt32.self, or absent: Problem = .notFound
    ) throws(Problem) -> Number {
        let text = self[name]
        guard let number = Number(text), String(number) == text else { throw absent }
        return number
    }
}

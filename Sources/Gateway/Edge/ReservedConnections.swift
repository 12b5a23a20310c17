internal import Sockets

/// The connections of one loop beyond the limit. Each is there for one request, so that a full
/// gateway still says how it is: `/healthz` and `/readyz` are answered, all else is refused, and
/// the connection ends. Where these places run short too, a newcomer takes that of the oldest.
struct ReservedConnections {
    private var oldestFirst: [EventToken] = []

    /// Of each loop, beside `limits.connections` and `limits.admin_connections`.
    static var maximum: Int { 16 }

    var isEmpty: Bool { oldestFirst.isEmpty }

    /// Which one makes room for a newcomer; nil while there is some.
    var nextToGo: EventToken? { oldestFirst.count < Self.maximum ? nil : oldestFirst.first }

    func contains(_ connection: EventToken) -> Bool { oldestFirst.contains(connection) }

    mutating func add(_ connection: EventToken) { oldestFirst.append(connection) }

    /// - Returns: whether it was one of them.
    mutating func remove(_ connection: EventToken) -> Bool {
        guard let index = oldestFirst.firstIndex(of: connection) else { return false }
        oldestFirst.remove(at: index)
        return true
    }
}

/// What is on record of the service, and is for one client or for all of them.
package protocol ServiceRecord {
    /// `nil`: all clients.
    var client: String? { get }
}

extension ServiceRecord {
    /// Whether it concerns a client: its own, and what is for all clients (C12, C13).
    package func concerns(_ client: String) -> Bool { self.client == nil || self.client == client }
}

extension Sequence where Element: ServiceRecord {
    /// What concerns a client.
    package func concerning(_ client: String) -> [Element] { filter { $0.concerns(client) } }
}

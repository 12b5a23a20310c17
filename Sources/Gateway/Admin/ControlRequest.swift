internal import Addresses
internal import Bytes
internal import Sockets

/// A request of the admin listener on its way to the control side: a copy of what matters, because
/// the loop's buffer moves on.
struct ControlRequest: Sendable {
    /// Which lane and which connection of it wait for the answer.
    let lane: Int
    let connection: EventToken
    let method: String
    let path: String
    let query: String
    let authorization: String?
    let accept: String?
    let acceptEncoding: String?
    let acceptLanguage: String?
    let lastEventID: String?
    let contentType: String?
    let contentEncoding: String?
    let body: [UInt8]
    /// Whose it is, as far as trusted proxies say.
    let client: IPAddress
    /// This machine itself asks.
    let isLocal: Bool
}

/// The control side's answer, for the loop to write.
struct ControlAnswer: Sendable {
    let connection: EventToken
    /// What metrics count it as.
    let route: Route
    let reply: ControlReply
}

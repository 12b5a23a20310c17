/// How the people of a stream behave.
struct ClientPlan: Sendable, Equatable {
    /// Share of those told when to come back who do; the others abandon.
    var patience = 1.0
    /// Most requests of one client before it gives up.
    var attempts = 100
    /// Share of clients that send their entry a second time when it was taken.
    var repeating = 0.0
    /// Whether a client whose connection failed tries again a second later.
    var retriesErrors = false
    /// Bytes a second at which slow clients send; nil sends at once.
    var bytesPerSecond: Double?
    /// Requests before a client closes its connection; 0 keeps it for ever.
    var requestsPerConnection = 0
    /// Seconds without an answer, or without a connection to ask on, after which a client gives up.
    var timeoutSeconds = 30.0
    /// People of the stream, each of whom may come more than once; nil makes everybody new.
    var population: Int?
    /// The campaign's tag, if its people carry one.
    var source: String?
    /// People who share one second key: a household, or a device; nil sends none.
    var peoplePerSecondKey: Int?
    /// Sends this in place of the operation's key.
    var key: String?
}

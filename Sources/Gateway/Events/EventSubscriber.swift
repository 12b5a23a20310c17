/// One who follows the events.
struct EventSubscriber: Sendable {
    let stream: EventStream
    let selection: EventSelection
    /// The last record that the client knows, or that was durable when it asked: it is sent what
    /// comes behind.
    let after: UInt64
    /// Whether it is sent what is in the memory of events first, wherever that begins.
    var beginsWithRecent = false
    /// The record behind which its stream ends; nil: it goes on.
    var end: UInt64?
    /// Whether it is sent the status, once a second.
    let showsStatus: Bool
    /// Whether its token still permits it: it may be revoked or expire meanwhile.
    let isPermitted: @Sendable () -> Bool
}

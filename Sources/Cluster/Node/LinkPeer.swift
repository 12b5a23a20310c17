internal import Bytes
internal import Sockets

/// Another node at the end of a link that it has made. Owned by the thread of the links.
final class LinkPeer {
    /// Its own among all that ever were.
    let number: UInt64
    /// As it says; nil before it has.
    var node: String?
    var hasShakenHands = false
    /// When it was last heard: nanoseconds of the monotonic clock.
    var heardAt: UInt64
    var inbox = LinkInbox()
    var outbox = LinkOutbox()
    /// Whether it sends entries over this link.
    var sendsEntries = false
    /// Whether it needs leaves.
    var wantsLeaves = false
    /// The lane of its entries; nil while this node takes none.
    var lane: Int?
    /// Whether it may send changes, and have batches of this node's journal.
    let mayChange: Bool
    /// Changes of it that are not answered.
    var commands = 0

    /// A peer that does not read is told no more than this: bytes.
    static var unreadBytes: Int { 1 << 20 }

    init(number: UInt64, heardAt: UInt64, mayChange: Bool) {
        self.number = number
        self.mayChange = mayChange
        self.heardAt = heardAt
    }
}

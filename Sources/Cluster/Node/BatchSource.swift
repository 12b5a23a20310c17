package import Sockets

/// A node's way to batches of other nodes' journals, one node at a time: over a socket
/// (``BatchLink``). Used by the thread that follows.
package protocol BatchSource: AnyObject {
    /// Whether batches may come from there at all: see ``LinkTrust/carriesChanges(to:)``.
    func mayAsk(_ address: SocketAddress) -> Bool

    /// Makes a link and asks; waits for the link. It closes the one before.
    func open(to address: SocketAddress, _ request: BatchRequest) throws(LinkFailure)

    func close()

    /// Tells the other node that this one lives, and where it is.
    func tell(_ frame: LinkFrame)

    /// What has come, waited for as long as given; a little at a time, and the rest stays with the
    /// kernel.
    func receive(seconds: Double) -> ReceivedBatches
}

/// What has come of what a node was asked for.
package struct ReceivedBatches {
    /// In order, and not looked at.
    package var batches: [[UInt8]] = []
    /// Where the other node is, as it said last.
    package var frame: LinkFrame?
    package var ending: BatchesEnd?
    /// Why there is no link any more; nil while there is.
    package var lost: String?

    package init() {}
}

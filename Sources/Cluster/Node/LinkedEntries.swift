package import Bytes
package import LockFree

/// Where a leader's links leave the entries that other nodes have sent, and find what became of
/// them: a lane for each link. Used by the thread of the links alone, once it has been lent.
package protocol LinkedEntries: AnyObject, Sendable {
    /// One for each lane; rung where there are answers.
    var bells: [Doorbell] { get }

    /// Whether answers wait in one of the lanes.
    var hasAnswers: Bool { get }

    /// Entries that a link may have on their way.
    var credit: UInt32 { get }

    /// Gives a link that begins a lane to which nobody's answers belong any more; nil where there
    /// is none, or not yet.
    func open() -> Int?

    /// Whether all that a lane's link has sent is answered.
    func isQuiet(_ lane: Int) -> Bool

    /// A link has ended: its lane's answers are nobody's.
    func close(_ lane: Int)

    /// Takes one entry, as a node that follows has written it.
    /// - Parameter now: nanoseconds of the monotonic clock.
    /// - Returns: false where it is none, or more than the link's credit: the link ends.
    func take(_ entry: RawSpan, into lane: Int, at now: UInt64) -> Bool

    /// Has what was taken decided.
    func passOn()

    /// Appends a lane's answers to a frame, one an item.
    /// - Parameter limitBytes: the frame takes no more.
    /// - Returns: how many.
    func appendAnswers(of lane: Int, limitBytes: Int, to frame: inout ByteBuffer) -> Int

    /// Leaves for a node that follows; none where there are none now.
    func leaves(atMost count: UInt64) -> Range<UInt64>

    /// Takes what a node that follows says of its own pressure.
    /// - Returns: false where it is none: the link ends.
    func note(sample: RawSpan, of node: String, at now: UInt64) -> Bool
}

internal import Sockets

/// What is known of the bytes that a connection's peer sends.
///
/// Events are edge-triggered: what an event said is kept here until a read finds no more.
enum Input: UInt8, BitwiseCopyable, CaseIterable {
    /// Nothing waits in the kernel; the next byte brings an event.
    case quiet
    /// Bytes may wait in the kernel.
    case readable
    /// The same, and an event has announced the end of the stream: no further event will come, so
    /// reads go on until they find the end.
    case ending
    /// The peer's last byte has been read.
    case finished
    /// The connection is no more; its slot is freed when its turn ends.
    case broken

    var isReadable: Bool { self == .readable || self == .ending }

    /// An event said that bytes, or the end of the stream, have come.
    func afterEvent(isReadable: Bool, hasHungUp: Bool) -> Input {
        switch self {
        case .finished, .broken: self
        case .ending: .ending
        case .quiet, .readable:
            hasHungUp ? .ending : isReadable ? .readable : self
        }
    }

    /// A read has been made.
    /// - Parameter isEmptied: it has emptied the kernel's buffer, so that the next byte brings an
    ///   event; the end of a stream that was announced already brings none.
    func afterRead(_ result: ReceiveResult, isEmptied: Bool) -> Input {
        switch result {
        case .received: self == .ending ? .ending : isEmptied ? .quiet : .readable
        case .wouldBlock: .quiet
        case .finished: .finished
        case .broken: .broken
        }
    }
}

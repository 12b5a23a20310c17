internal import Bytes
internal import Sockets
internal import Wire

/// What connections keep between events: half a request, or half an answer. Only a connection
/// that has one takes a place here; an idle one holds nothing.
///
/// Slow clients by the thousand could fill the memory with their halves, so there is a most for all
/// of them together. Who would go over it is refused; who waits already, waits on.
struct PendingBufferPool {
    /// Bytes that all places may hold.
    private let maximum: Int
    /// Bytes that they hold, those given back too.
    private(set) var bytes = 0
    private var places: [PendingBuffers] = []
    private var free: [Int32] = []

    init(maximum: Int = .max) {
        self.maximum = maximum
    }

    /// Whether more is held than may be.
    var isFull: Bool { bytes > maximum }

    /// Places in use.
    var count: Int { places.count - free.count }

    /// Gives out an empty place.
    mutating func acquire(_ parser: RequestParser) -> Int32 {
        if let place = free.popLast() {
            places[Int(place)].parser = parser
            return place
        }
        places.append(PendingBuffers(parser: parser))
        let place = Int32(places.count - 1)
        settle(place)
        return place
    }

    /// Takes a place back. Its memory goes where it has grown beyond the usual; all of it where
    /// half of what there may be is held: places without a tenant must never fill the lot.
    mutating func release(_ place: Int32) {
        places[Int(place)].clear(keeping: bytes > maximum / 2 ? 1 : 32 << 10)
        settle(place)
        free.append(place)
    }

    /// Counts what a place holds now, after its buffers have changed.
    mutating func settle(_ place: Int32) {
        let parked = places[Int(place)]
        let held = parked.received.capacity + parked.unsent.capacity
        bytes += held - parked.counted
        parked.counted = held
    }

    subscript(place: Int32) -> PendingBuffers { places[Int(place)] }
}

/// One connection's bytes that wait. Owned by the worker's parking lot.
final class PendingBuffers {
    /// Received, from the first byte of the request that is not complete.
    var received = ByteBuffer(capacity: 4 << 10)
    /// How far that request has been read.
    var parser: RequestParser
    /// To be sent, from `sent` on.
    var unsent = ByteBuffer(capacity: 1)
    var sent = 0
    /// Bytes that the lot has counted it with; the lot's own.
    fileprivate var counted = 0

    init(parser: RequestParser) {
        self.parser = parser
    }

    /// Sends what the kernel takes of the unsent rest.
    /// - Returns: whether nothing is left, or nil where the peer is gone.
    func send(to connection: Connection) -> Bool? {
        let taken = connection.send(unsent.bytes.extracting(sent..<unsent.count))
        guard let taken else { return nil }
        sent += taken
        guard sent == unsent.count else { return false }
        unsent.removeAll()
        sent = 0
        return true
    }

    /// Gives back what holds the half request: there is no room for it.
    func forgetReceived() { received = ByteBuffer(capacity: 1) }

    /// - Parameter usual: bytes that each buffer may keep for the next one.
    func clear(keeping usual: Int) {
        if received.capacity > usual {
            received = ByteBuffer(capacity: min(usual, 4 << 10))
        }
        if unsent.capacity > usual { unsent = ByteBuffer(capacity: 1) }
        received.removeAll()
        unsent.removeAll()
        sent = 0
    }
}

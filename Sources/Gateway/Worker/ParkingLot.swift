internal import Bytes
internal import Sockets
internal import Wire

/// What connections keep between events: half a request, or half an answer. Only a connection
/// that has one takes a place here; an idle one holds nothing.
struct ParkingLot {
    private var places: [Parked] = []
    private var free: [Int32] = []

    /// Places in use.
    var count: Int { places.count - free.count }

    /// Gives out an empty place.
    mutating func take(_ parser: RequestParser) -> Int32 {
        if let place = free.popLast() {
            places[Int(place)].parser = parser
            return place
        }
        places.append(Parked(parser: parser))
        return Int32(places.count - 1)
    }

    /// Takes a place back; its memory goes where it has grown beyond the usual.
    mutating func giveBack(_ place: Int32) {
        places[Int(place)].clear()
        free.append(place)
    }

    subscript(place: Int32) -> Parked { places[Int(place)] }
}

/// One connection's bytes that wait. Owned by the worker's parking lot.
final class Parked {
    /// Received, from the first byte of the request that is not complete.
    var received = ByteBuffer(capacity: 4 << 10)
    /// How far that request has been read.
    var parser: RequestParser
    /// To be sent, from `sent` on.
    var unsent = ByteBuffer(capacity: 1)
    var sent = 0

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

    func clear() {
        let usual = 32 << 10
        if received.capacity > usual { received = ByteBuffer(capacity: 4 << 10) }
        if unsent.capacity > usual { unsent = ByteBuffer(capacity: 1) }
        received.removeAll()
        unsent.removeAll()
        sent = 0
    }
}

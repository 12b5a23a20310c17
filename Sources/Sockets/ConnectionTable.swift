internal import CLinux
internal import Glibc

/// The connections of one loop: places that are used again, found by number in one step.
///
/// Memory for all places is reserved at start and touched only as they come into use.
@safe
@usableFromInline
package struct ConnectionTable: ~Copyable {
    /// Most connections at once.
    package let capacity: Int
    /// Connections open now.
    package private(set) var count = 0
    /// One connection a place; owned, initialised from the start.
    @usableFromInline let places: UnsafeMutablePointer<Connection>
    /// Places given back, as a stack: the warmest is used first.
    private var free: [UInt32] = []
    /// Places from here on were never used.
    @usableFromInline var untouched = 0

    package init(capacity: Int) {
        precondition(capacity > 0 && capacity < Int(UInt32.max), "a place fits an event's token")
        self.capacity = capacity
        unsafe places = UnsafeMutablePointer.allocate(capacity: capacity)
        free.reserveCapacity(capacity)
    }

    deinit {
        for place in 0..<untouched where unsafe places[place].descriptor >= 0 {
            unsafe places[place].session?.end()
            unsafe _ = Glibc.close(places[place].descriptor)
        }
        unsafe places.deallocate()
    }

    /// The connection at a place in use. Inlined into the loop, so that reading one field does not
    /// copy the others; that takes `@usableFromInline` on both types.
    @inlinable package subscript(place: UInt32) -> Connection {
        get {
            precondition(Int(place) < untouched, "the place has been used")
            return unsafe places[Int(place)]
        }
        _modify {
            precondition(Int(place) < untouched, "the place has been used")
            // Not by the pointer's subscript: Swift 6.3 cannot build that for the thread sanitizer.
            yield unsafe &(places + Int(place)).pointee
        }
    }

    /// Whether an event's or an answer's connection is still there.
    package func isCurrent(_ token: EventToken) -> Bool {
        guard Int(token.place) < untouched else { return false }
        let connection = unsafe places[Int(token.place)]
        return connection.descriptor >= 0 && connection.generation == token.generation
    }

    /// Gives an accepted descriptor a place and takes ownership of it.
    /// - Returns: nil where the table is full; the descriptor stays the caller's.
    package mutating func open(_ descriptor: Int32, peer: SocketAddress) -> EventToken? {
        let place: UInt32
        var generation: UInt32 = 0
        if let warm = free.popLast() {
            place = warm
            generation = unsafe places[Int(place)].generation &+ 1
        } else if untouched < capacity {
            place = UInt32(untouched)
            untouched += 1
        } else {
            return nil
        }
        var connection = Connection()
        connection.descriptor = descriptor
        connection.generation = generation
        connection.peer = peer.octets
        unsafe places[Int(place)] = connection
        count += 1
        return EventToken(place: place, generation: generation)
    }

    /// Has a connection that was just opened speak TLS, as the server; its handshake comes first.
    /// - Returns: whether there is memory for it; if not, the connection is as it was.
    package mutating func secure(
        _ place: UInt32, with context: TLSContext, _ limits: TLSLimits
    ) -> Bool {
        precondition(isOpen(place) && !self[place].isSecured, "secures a plain connection, once")
        return begin(TLSSession(context, limits, descriptor: self[place].descriptor), place)
    }

    /// The same as the client: `host` is whose certificate is expected.
    package mutating func secure(
        _ place: UInt32, with context: TLSClientContext, host: String
    ) -> Bool {
        precondition(isOpen(place) && !self[place].isSecured, "secures a plain connection, once")
        return begin(TLSSession(context, host: host, descriptor: self[place].descriptor), place)
    }

    private mutating func begin(_ session: TLSSession?, _ place: UInt32) -> Bool {
        guard let session else { return false }
        self[place].session = session
        return true
    }

    /// Ends a connection's TLS; what comes from now on, and what is sent, is plain.
    package mutating func endSession(_ place: UInt32) {
        self[place].session?.end()
        self[place].session = nil
    }

    /// Closes the connection and frees its place.
    package mutating func close(_ place: UInt32) {
        let descriptor = self[place].descriptor
        precondition(descriptor >= 0, "closes what is open")
        endSession(place)
        // Linux frees the number even when close reports an error; there is nothing to retry.
        _ = Glibc.close(descriptor)
        self[place].descriptor = -1
        free.append(place)
        count -= 1
    }

    /// The token of the connection at a place, for answers that come from elsewhere.
    package func token(of place: UInt32) -> EventToken {
        EventToken(place: place, generation: self[place].generation)
    }

    /// Whether a place is in use.
    package func isOpen(_ place: UInt32) -> Bool {
        guard Int(place) < untouched else { return false }
        return unsafe places[Int(place)].descriptor >= 0
    }

    /// The places in use, as they are now: for the rare walk over all of them.
    package var openPlaces: [UInt32] {
        (0..<UInt32(untouched)).filter { isOpen($0) }
    }
}

internal import Bytes
internal import Wire

/// What connections keep between events: half a request, or half an answer; and what OpenSSL keeps
/// for those whose handshake, or whose record, is not complete. Only a connection that has one is
/// given buffers; an idle one holds nothing.
///
/// Thousands of slow clients could fill the memory with their halves, so there is a limit for all
/// of them together. Where it is exceeded, those go that hold the most (``GreediestFirst``).
struct PendingBufferPool: ~Copyable {
    /// Bytes that all of it may hold.
    private let maximum: Int
    /// Bytes that buffers hold, free ones too.
    private(set) var bufferBytes = 0
    /// Bytes that OpenSSL holds, as counted by ``settleSession(_:_:)``.
    private(set) var sessionBytes = 0
    private var all: [PendingBuffers] = []
    private var free: [Int32] = []

    init(maximum: Int = .max) {
        self.maximum = maximum
    }

    /// Bytes that are held.
    var bytes: Int { bufferBytes + sessionBytes }

    /// Whether more is held than may be.
    var isFull: Bool { bytes > maximum }

    /// Bytes to be given back where it is full: down to seven eighths, so that choosing who goes
    /// costs little for each byte that comes.
    var excess: Int { bytes - maximum / 8 * 7 }

    /// Bytes that must be given back before so many more can be held; none, or less, where there is
    /// room.
    func shortage(for count: Int) -> Int { count - (maximum - bytes) }

    /// Whether so many could be held if nothing else were.
    func couldHold(_ count: Int) -> Bool { count <= maximum }

    /// Buffers in use.
    var count: Int { all.count - free.count }

    /// Gives out empty buffers.
    /// - Parameter limits: what the request that they may hold is parsed by.
    mutating func acquire(_ limits: HTTPLimits) -> Int32 {
        if let number = free.popLast() {
            all[Int(number)].parser.reset(to: limits)
            return number
        }
        all.append(PendingBuffers(limits))
        let number = Int32(all.count - 1)
        settle(number)
        return number
    }

    /// Takes buffers back. What has grown beyond the usual is freed; all of it where half of the
    /// limit is held: buffers that nobody uses must never fill the pool.
    mutating func release(_ number: Int32) {
        all[Int(number)].clear(keeping: bytes > maximum / 2 ? 1 : 32 << 10)
        settle(number)
        free.append(number)
    }

    /// Frees what buffers hold that nobody uses. O(buffers).
    mutating func freeUnused() {
        for number in free where all[Int(number)].counted > 2 {
            all[Int(number)].clear(keeping: 1)
            settle(number)
        }
    }

    /// Counts what OpenSSL holds for a connection, after that has changed.
    mutating func settleSession(_ before: Int, _ now: Int) { sessionBytes += now - before }

    /// Bytes that buffers in use hold.
    func heldBytes(_ number: Int32) -> Int { all[Int(number)].counted }

    /// Counts what is held now, after buffers have changed.
    mutating func settle(_ number: Int32) {
        let buffers = all[Int(number)]
        let held =
            buffers.received.capacity + buffers.unsent.capacity + buffers.longBody.count
        bufferBytes += held - buffers.counted
        buffers.counted = held
    }

    subscript(number: Int32) -> PendingBuffers { all[Int(number)] }
}

/// One connection's bytes that wait. Owned by its loop's pool.
final class PendingBuffers {
    /// Received, from the first byte of the request that is not complete.
    var received = ByteBuffer(capacity: 4 << 10)
    /// How far that request has been read.
    var parser: RequestParser
    /// To be sent, from `sent` on.
    private(set) var unsent = ByteBuffer(capacity: 1)
    private var sent = 0
    /// To be sent behind them, from `sentOfLong` on: the body of a long answer, as it was made.
    fileprivate private(set) var longBody: [UInt8] = []
    private var sentOfLong = 0
    /// Bytes that the peer has taken of it all since its deadline was armed.
    private var progress = 0
    /// Bytes that the pool has counted it with; the pool's own.
    fileprivate var counted = 0

    init(_ limits: HTTPLimits) {
        parser = RequestParser(limits: limits)
    }

    /// Whether nothing is kept.
    var isEmpty: Bool { received.count == 0 && unsent.count == 0 && longBody.isEmpty }

    /// Keeps bytes to be sent, behind those that wait already.
    func hold(_ bytes: RawSpan) {
        precondition(longBody.isEmpty, "nothing is written behind a long body before it is sent")
        unsent.append(bytes)
    }

    /// Keeps the body of a long answer to be sent, but for what was sent of it, behind the bytes
    /// that wait already.
    func hold(long body: [UInt8], sent count: Int) {
        guard count < body.count else { return }
        precondition(longBody.isEmpty, "one long body at a time")
        longBody = body
        sentOfLong = count
    }

    /// Sends what the kernel takes of the unsent rest.
    /// - Returns: whether nothing is left, or nil where the peer is gone.
    func send(to link: some Link) -> Bool? {
        if sent < unsent.count {
            let taken = link.send(unsent.bytes.extracting(sent..<unsent.count))
            guard let taken else { return nil }
            sent += taken
            progress += taken
            guard sent == unsent.count else { return false }
        }
        if !longBody.isEmpty {
            guard let taken = longBody.send(to: link, from: sentOfLong) else { return nil }
            sentOfLong += taken
            progress += taken
            guard sentOfLong == longBody.count else { return false }
        }
        removeUnsent()
        return true
    }

    /// Whether the peer has taken so much since this was asked, and answered yes, the last time.
    func hasProgressed(by count: Int) -> Bool {
        guard progress >= count else { return false }
        progress = 0
        return true
    }

    private func removeUnsent() {
        unsent.removeAll()
        sent = 0
        longBody = []
        sentOfLong = 0
        progress = 0
    }

    /// Frees what holds the half request: there is no room for it.
    func forgetReceived() { received = ByteBuffer(capacity: 1) }

    /// - Parameter usual: bytes that each buffer may keep for the next one.
    fileprivate func clear(keeping usual: Int) {
        if received.capacity > usual {
            received = ByteBuffer(capacity: min(usual, 4 << 10))
        }
        if unsent.capacity > usual { unsent = ByteBuffer(capacity: 1) }
        received.removeAll()
        removeUnsent()
    }
}

extension [UInt8] {
    /// Hands the bytes from here on to the kernel.
    /// - Returns: how many it took, or nil where the peer is gone.
    func send(to link: some Link, from start: Int) -> Int? {
        withBytes { link.send($0.extracting(start..<$0.byteCount)) }
    }
}

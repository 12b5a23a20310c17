internal import Synchronization

/// A body whose beginning is made already, with the producer of the rest.
final class BegunBody: BodyProducer {
    /// The next piece last.
    private let made: Mutex<[[UInt8]]>
    private let rest: any BodyProducer

    init(_ made: [[UInt8]], _ rest: any BodyProducer) {
        self.made = Mutex(made.reversed())
        self.rest = rest
    }

    func next() throws -> [UInt8]? {
        if let piece = made.withLock({ $0.popLast() }) { return piece }
        return try rest.next()
    }
}

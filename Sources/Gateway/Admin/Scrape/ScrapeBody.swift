internal import Bytes
internal import Exposition
internal import Ledger
internal import Projections
internal import Synchronization
internal import Time

/// The text of one scrape, made piece by piece: so a reader that does not read holds one piece, and
/// not series by the ten thousand.
///
/// Whose series it has is settled when it begins. A figure is read when its line is written: for a
/// reader that reads on, within the time that writing takes. One that takes longer than
/// ``maximumSeconds`` gets no whole scrape, because its figures would be of no one moment.
final class ScrapeBody: BodyProducer {
    private let metrics: Metrics
    /// By the monotonic clock.
    private let endNanoseconds: UInt64
    private let state: Mutex<State>

    private static var pieceBytes: Int { 64 << 10 }
    /// The usual longest interval between two scrapes: Prometheus waits no longer for one.
    static var maximumSeconds: UInt64 { 60 }

    init(_ metrics: Metrics, _ format: MetricsFormat) {
        self.metrics = metrics
        endNanoseconds =
            metrics.shared.clock.monotonicNanoseconds() + Self.maximumSeconds * 1_000_000_000
        state = Mutex(State(format, metrics.shared.projected.catalogue.standing))
    }

    func next() throws -> [UInt8]? {
        guard metrics.shared.clock.monotonicNanoseconds() < endNanoseconds else {
            throw LongAnswer.TakenTooSlowly()
        }
        return state.withLock { state in state.next(metrics) }
    }

    private struct State: ~Copyable {
        private var writer: MetricsWriter
        /// The operations that stood when the scrape began.
        private let standing: [UInt32]
        /// What is written first: the families that have series of each operation.
        private var byOperation = OperationFamily.all[...]
        /// The one that is begun, and whose series of it are to be written.
        private var family: OperationFamily?
        private var members: ArraySlice<UInt32> = []
        /// Kept while families are written that read it.
        private var robots: RobotFigures?
        /// What is written then.
        private var others = Metrics.families[...]
        private var isEnded = false

        init(_ format: MetricsFormat, _ standing: [UInt32]) {
            writer = MetricsWriter(format: format)
            self.standing = standing
        }

        /// Each turn reads the views as they are: a reader that stops keeps no old ones.
        mutating func next(_ metrics: Metrics) -> [UInt8]? {
            var reading = ScrapeReading(metrics.shared, robots: robots)
            while writer.count < ScrapeBody.pieceBytes, write(metrics, &reading) {}
            robots = reading.robots
            return writer.count > 0 ? writer.take(atMost: ScrapeBody.pieceBytes) : nil
        }

        /// Writes the next operation's series of a family, or the next families.
        /// - Returns: false where nothing is left to write.
        private mutating func write(_ metrics: Metrics, _ reading: inout ScrapeReading) -> Bool {
            if let family, let index = members.popFirst() {
                let operation = reading.catalogue.operations[Int(index)]
                family.write(reading, index, operation, &writer)
            } else if let next = byOperation.popFirst() {
                begin(next, &reading)
            } else if let next = others.popFirst() {
                (family, reading.robots) = (nil, nil)
                next(metrics, &writer)
            } else if !isEnded {
                isEnded = true
                writer.end()
            } else {
                return false
            }
            return true
        }

        private mutating func begin(_ next: OperationFamily, _ reading: inout ScrapeReading) {
            family = next
            reading.robots =
                next.readsRobots ? reading.robots ?? RobotFigures(reading.shared.robots) : nil
            members = next.members(reading, standing)[...]
            next.declare(&writer)
        }
    }
}

@testable import Gateway

/// People who send entries to one operation, and what they were answered.
struct SimulatedStream {
    /// Who comes.
    enum Arrivals {
        /// So many a second at a second of the run, whatever they are answered.
        case open((Double) -> Double)
        /// So many people, each of whom comes again so many seconds after an answer.
        case closed(people: Int, pause: Double)
    }

    private let operation: UInt32
    private let source: Arrivals
    /// Whether those who are told to wait come again when they are told to.
    private let isPatient: Bool
    private var owed = 0.0
    private var lastArrival: Double?
    private var nextPerson: UInt64
    /// Those who come again, by the millisecond.
    private var returning: [Int: [SimulatedLoop.Entry]] = [:]
    private var hasBegun = false
    /// By the second of the run.
    private(set) var figures: [Figures] = []

    struct Figures {
        var attempts = 0
        var accepted = 0
        var waiting = 0
        var suspended = 0
        var other = 0
        /// How long those accepted waited, in nanoseconds.
        var waits: [UInt64] = []
    }

    /// - Parameter operation: its index, and that of its key.
    init(_ operation: UInt32, _ arrivals: Arrivals, isPatient: Bool = true) {
        self.operation = operation
        source = arrivals
        self.isPatient = isPatient
        nextPerson = (UInt64(operation) + 1) << 40
    }

    // MARK: Coming

    /// Those who come in the millisecond that ends now.
    mutating func drainArrivals(at seconds: Double) -> [SimulatedLoop.Entry] {
        let passed = seconds - (lastArrival ?? seconds)
        lastArrival = seconds
        let millisecond = Self.millisecond(seconds)
        var entries = returning.removeValue(forKey: millisecond) ?? []
        switch source {
        case .open(let rate):
            owed += max(rate(seconds), 0) * passed
            while owed >= 1 {
                owed -= 1
                entries.append(newcomer())
            }
        case .closed(let people, _):
            if !hasBegun {
                // Within a second, and not all at once.
                for person in 0..<people {
                    returning[millisecond + 1 + person % 1_000, default: []].append(newcomer())
                }
            }
        }
        hasBegun = true
        record(at: seconds) { $0.attempts += entries.count }
        return entries
    }

    private mutating func newcomer() -> SimulatedLoop.Entry {
        nextPerson += 1
        return SimulatedLoop.Entry(
            operation: operation, key: operation, person: nextPerson, connection: 0)
    }

    private mutating func record(at seconds: Double, _ change: (inout Figures) -> Void) {
        while figures.count <= Int(seconds) { figures.append(Figures()) }
        change(&figures[Int(seconds)])
    }

    // MARK: Answers

    /// - Parameter answer: nil where there was no room for the request.
    mutating func end(
        _ request: SimulatedMachine.Request, _ answer: AnswerEnvelope?, at seconds: Double,
        after waited: UInt64
    ) {
        switch answer?.verdict {
        case .accepted:
            record(at: seconds) {
                $0.accepted += 1
                $0.waits.append(waited)
            }
        case .waiting, .waitingPastClosing:
            record(at: seconds) { $0.waiting += 1 }
            guard isPatient, let answer else { break }
            var entry = request.entry
            entry.ticket = answer.entry
            entry.ticketEpoch = answer.epoch
            comeAgain(entry, at: seconds + Double(answer.retryAfterMilliseconds) / 1_000)
            return
        case .suspended: record(at: seconds) { $0.suspended += 1 }
        default: record(at: seconds) { $0.other += 1 }
        }
        guard case .closed(_, let pause) = source else { return }
        let isRefused = answer?.verdict != .accepted
        comeAgain(newcomer(), at: seconds + (isRefused ? max(pause, 1) : pause))
    }

    private mutating func comeAgain(_ entry: SimulatedLoop.Entry, at seconds: Double) {
        let now = Self.millisecond(lastArrival ?? 0)
        returning[max(Self.millisecond(seconds), now + 1), default: []].append(entry)
    }

    /// The nearest one: time goes on by whole milliseconds, and none may be left out.
    private static func millisecond(_ seconds: Double) -> Int {
        Int((seconds * 1_000).rounded())
    }

    // MARK: Figures

    /// All of some seconds of the run.
    func sum(_ seconds: Range<Int>, _ figure: (Figures) -> Int) -> Int {
        figures[seconds.clamped(to: 0..<figures.count)].reduce(0) { $0 + figure($1) }
    }

    /// What was accepted a second.
    func rate(_ seconds: Range<Int>) -> Double {
        Double(sum(seconds, \.accepted)) / Double(seconds.count)
    }

    /// The share of requests that were accepted.
    func acceptedShare(_ seconds: Range<Int>) -> Double {
        let answered = sum(seconds) { $0.accepted + $0.waiting + $0.suspended + $0.other }
        return Double(sum(seconds, \.accepted)) / Double(max(answered, 1))
    }

    /// Below it so many in a thousand waited, in milliseconds.
    func wait(_ seconds: Range<Int>, permille: Int) -> Double {
        let waits = figures[seconds.clamped(to: 0..<figures.count)].flatMap(\.waits).sorted()
        guard !waits.isEmpty else { return 0 }
        return Double(waits[min(waits.count * permille / 1_000, waits.count - 1)]) / 1e6
    }
}

internal import Bytes
internal import Contract
internal import Ledger
internal import LockFree
internal import Time

/// What the sequencer publishes of each operation, and anyone reads without waiting.
///
/// The sequencer's thread writes, after the batch is durable: what the board says has been stored.
/// Only who waits is told at once; it is never stored.
final class OperationBoard: Sendable {
    private let board: Board

    private enum Word {
        static var state: Int { 0 }
        static var entries: Int { 1 }
        static var participants: Int { 2 }
        static var suspendedUntil: Int { 3 }
        static var ground: Int { 4 }
        static var pace: Int { 5 }
        static var waiting: Int { 6 }
        static var isQueueFull: Int { 7 }
        static var shedding: Int { 8 }
        static var cover: Int { 9 }
        static var noticeMissingUntil: Int { 10 }
        static var robots: Int { 11 }
        static var tests: Int { 12 }
        static var shuffledOpening: Int { 13 }
    }

    init(operations: Int) {
        board = Board(slots: operations)
    }

    /// Where the operation stands.
    func publish(_ operation: Catalogue.Operation, at index: UInt32) {
        let suspensionStatus = operation.suspensionStatus
        board.publish(slot: Int(index)) { words in
            words[Word.state] = UInt64(operation.state.rawValue)
            words[Word.suspendedUntil] = suspensionStatus.map { UInt64(bitPattern: $0.until) } ?? 0
            words[Word.ground] = suspensionStatus.map { UInt64($0.ground.index) } ?? 0
            words[Word.pace] = UInt64(operation.perSecond ?? 0)
            words[Word.shedding] = UInt64(operation.shedding.rawValue)
            words[Word.noticeMissingUntil] = UInt64(
                bitPattern: operation.noticeMissingUntil?.milliseconds ?? 0)
            words[Word.cover] = UInt64(operation.cover.participants)
            words[Word.shuffledOpening] = UInt64(
                bitPattern: operation.shuffledOpening?.milliseconds ?? 0)
        }
    }

    /// The turnstile of an operation that is smoothed.
    func publish(waiting: UInt64, isFull: Bool, of operation: UInt32) {
        board.publish(slot: Int(operation)) { words in
            words[Word.waiting] = waiting
            words[Word.isQueueFull] = isFull ? 1 : 0
        }
    }

    /// Whether newcomers are given no ticket any more.
    func isQueueFull(of operation: UInt32) -> Bool {
        board.read(slot: Int(operation), word: Word.isQueueFull) != 0
    }

    func publish(_ counts: OperationCounts, of operation: UInt32) {
        board.publish(slot: Int(operation), word: Word.entries, value: counts.entries)
        board.publish(
            slot: Int(operation), word: Word.participants, value: UInt64(counts.participants))
        board.publish(slot: Int(operation), word: Word.robots, value: counts.robots)
        board.publish(slot: Int(operation), word: Word.tests, value: counts.tests)
    }

    func state(of operation: UInt32) -> OperationState {
        let word = board.read(slot: Int(operation), word: Word.state)
        return OperationState(rawValue: UInt8(truncatingIfNeeded: word)) ?? .draft
    }

    func counts(of operation: UInt32) -> OperationCounts {
        OperationCounts(
            entries: board.read(slot: Int(operation), word: Word.entries),
            participants: UInt32(
                truncatingIfNeeded: board.read(slot: Int(operation), word: Word.participants)),
            robots: board.read(slot: Int(operation), word: Word.robots),
            tests: board.read(slot: Int(operation), word: Word.tests))
    }

    /// Entries a second that the operation is let in; nil for as many as come.
    func pace(of operation: UInt32) -> UInt32? {
        let pace = board.read(slot: Int(operation), word: Word.pace)
        return pace == 0 ? nil : UInt32(truncatingIfNeeded: pace)
    }

    /// When new entries of the operation are refused.
    /// - Parameter time: the ledger's: what was found missing may be over by now.
    func shedding(of operation: UInt32, at time: Timestamp) -> Shedding {
        let until = board.read(slot: Int(operation), word: Word.noticeMissingUntil)
        if time.milliseconds < Int64(bitPattern: until) { return .missingNotice }
        let word = board.read(slot: Int(operation), word: Word.shedding)
        return Shedding(rawValue: Int(truncatingIfNeeded: word)) ?? .newcomers
    }

    /// Whether entries with a ticket are refused last: while tickets are given, under a pace or
    /// before a shuffled start. Whether a ticket still keeps a place, only the sequencer knows.
    /// - Parameter time: the ledger's.
    func keepsPlaces(of operation: UInt32, at time: Timestamp) -> Bool {
        if pace(of: operation) != nil { return true }
        let opens = board.read(slot: Int(operation), word: Word.shuffledOpening)
        return time.milliseconds < Int64(bitPattern: opens)
    }

    /// How its connections are read, while more wait than a turn can serve, or while it is held.
    func readShare(of operation: UInt32) -> ReadShare {
        ReadShare(
            of: operation,
            coverParticipants: board.read(slot: Int(operation), word: Word.cover),
            state: state(of: operation), pacePerSecond: pace(of: operation))
    }

    /// Whether its connections are read only as fast as its pace needs.
    func isHeld(_ operation: UInt32) -> Bool { state(of: operation).isHeld }

    /// Numbers that wait to be called.
    func waiting(of operation: UInt32) -> UInt64 {
        board.read(slot: Int(operation), word: Word.waiting)
    }

    /// By what the operation is suspended; nil where it is not.
    func suspensionStatus(of operation: UInt32) -> SuspensionStatus? {
        let words = board.snapshot(slot: Int(operation))
        guard OperationState(rawValue: UInt8(truncatingIfNeeded: words[Word.state])) == .suspended
        else { return nil }
        return SuspensionStatus(
            ground: SuspensionGround.allCases[Int(words[Word.ground])],
            until: Int64(bitPattern: words[Word.suspendedUntil]))
    }
}

/// What holds an operation back, as its front ends are told.
struct SuspensionStatus: Sendable, BitwiseCopyable {
    var ground: SuspensionGround
    /// Milliseconds since 1970; 0 where no end is known, -1 where there is none.
    var until: Int64

    /// Whether it is never to end.
    var isDefinitive: Bool { until < 0 }

    /// When it ends; nil where that is not known.
    var end: Timestamp? { until > 0 ? Timestamp(milliseconds: until) : nil }
}

extension SuspensionGround {
    /// Its place among all.
    var index: Int { SuspensionGround.allCases.firstIndex(of: self) ?? 0 }
}

extension Catalogue.Operation {
    /// When its new entries are refused where it lacks no notice: last where something was
    /// declared.
    fileprivate var shedding: Shedding { cover == .undeclared ? .undeclared : .newcomers }

    /// What the public is told while it is suspended; the ground is between the parties.
    var publicReason: String { publicReason(under: suspensionInForce) }

    /// The same under one of its suspensions.
    func publicReason(under suspension: SuspensionInForce?) -> String {
        if let reason = suspension?.order?.publicReason ?? settings.publicReason { return reason }
        return suspension?.isDefinitive == true
            ? "This operation is no longer available."
            : "This operation is not available at the moment."
    }

    /// What holds it back: of its suspensions the one that ends last.
    var suspensionStatus: SuspensionStatus? {
        suspensionInForce.map { suspension in
            let until = suspension.isDefinitive ? -1 : suspension.until?.milliseconds ?? 0
            return SuspensionStatus(ground: suspension.ground, until: until)
        }
    }
}

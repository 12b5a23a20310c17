internal import Ledger
internal import LockFree
internal import Time

/// How often suspected front-end keys and tokens are used, and when last (C16): since they are
/// suspected, as far as this process has seen.
///
/// Each loop counts in words of its own, anyone reads; memory is taken for pages that are written.
/// A key that is not suspected costs a look at its flag, and nothing here.
final class SuspectedUses: Sendable {
    /// A front-end key or a token, by its index in the catalogue.
    enum Subject: Hashable, Sendable {
        case key(UInt32)
        case token(UInt32)

        fileprivate var row: Int {
            switch self {
            case .key(let index): Int(index)
            case .token(let index): LedgerLimits.keys + Int(index)
            }
        }
    }

    struct Uses: Equatable, Sendable {
        var count: UInt64 = 0
        /// By the ledger's time; nil before the first.
        var last: Timestamp?
    }

    private let words: AtomicWords
    private let lanes: Int

    /// Of each lane a row for each key and token, the uses and the last one's time; then its total.
    private static var rows: Int { LedgerLimits.keys + LedgerLimits.tokens }
    private static var rowWords: Int { 2 }
    private static var laneWords: Int {
        let (words, apart) = (rows * rowWords + 1, AtomicWords.apartWords)
        return (words + apart - 1) / apart * apart
    }

    /// - Parameter lanes: the loops that count, each with its own number from 0.
    init(lanes: Int) {
        self.lanes = lanes
        words = AtomicWords(count: lanes * Self.laneWords)
    }

    /// Counts a use. Only the lane's own loop may.
    /// - Parameter time: the ledger's.
    func record(_ subject: Subject, at time: Timestamp, lane: Int) {
        let place = Self.place(of: subject, lane: lane)
        words.ownerAdd(1, at: place)
        words.store(relaxed: UInt64(clamping: time.milliseconds), at: place + 1)
        words.ownerAdd(1, at: lane * Self.laneWords + Self.rows * Self.rowWords)
    }

    // MARK: Anyone reads

    func uses(of subject: Subject) -> Uses {
        var uses = Uses()
        var last: UInt64 = 0
        for lane in 0..<lanes {
            let place = Self.place(of: subject, lane: lane)
            uses.count &+= words.relaxed(place)
            last = max(last, words.relaxed(place + 1))
        }
        if uses.count > 0 { uses.last = Timestamp(milliseconds: Int64(clamping: last)) }
        return uses
    }

    /// Uses of all of them since the process started.
    var total: UInt64 {
        (0..<lanes).reduce(0) {
            $0 &+ words.relaxed($1 * Self.laneWords + Self.rows * Self.rowWords)
        }
    }

    private static func place(of subject: Subject, lane: Int) -> Int {
        lane * laneWords + subject.row * rowWords
    }
}

internal import Contract
internal import Ledger

/// Whose turn it is to be read, where more connections are ready than a turn can serve: those of
/// one operation share one.
struct ReadShare: Equatable, BitwiseCopyable {
    /// 0 for connections whose last request named no operation with a valid key; an operation's
    /// index plus one.
    let index: UInt32
    /// Units of work a round, at least 1.
    let weight: Int32
    /// Read behind the others: what these connections ask for is refused or put off anyway.
    let isLast: Bool
    /// Read no faster than what follows, and a bounded number of refusals beyond it; nil where as
    /// much is read as comes. Entries a second that are let in of an operation that is smoothed; 0
    /// of one that is suspended.
    let pacePerSecond: UInt32?

    /// Connections that are new, and others of which no operation is known.
    static var newcomers: ReadShare {
        ReadShare(index: 0, weight: 1, isLast: false, pacePerSecond: nil)
    }

    /// A larger cover is no more than so many times a client without any declaration: a round stays
    /// short.
    static var maximumWeight: Int { 32 }

    private init(index: UInt32, weight: Int32, isLast: Bool, pacePerSecond: UInt32?) {
        self.index = index
        self.weight = weight
        self.isLast = isLast
        self.pacePerSecond = pacePerSecond
    }

    /// An operation's: as many units as its cover is times what needs no declaration (C2).
    /// - Parameters:
    ///   - operation: its index in the ledger.
    ///   - coverParticipants: what was declared.
    ///   - pacePerSecond: that the operation is smoothed at; nil where it is not.
    init(
        of operation: UInt32, coverParticipants: UInt64, state: OperationState,
        pacePerSecond: UInt32? = nil
    ) {
        let cover = Int(clamping: coverParticipants)
        let weight = cover / Int(Cover.undeclared.participants)
        self.init(
            index: operation + 1, weight: Int32(max(1, min(weight, Self.maximumWeight))),
            isLast: state != .open, pacePerSecond: state.isHeld ? pacePerSecond ?? 0 : nil)
    }
}

extension OperationState {
    /// Whether requests are read only as fast as the operation's pace needs. One that is closed is
    /// not: whoever asks is told so once.
    var isHeld: Bool {
        switch self {
        case .smoothed, .suspended: true
        case .draft, .open, .closed: false
        }
    }
}

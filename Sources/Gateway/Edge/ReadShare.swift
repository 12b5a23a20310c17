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
    /// Read behind the others: what these connections ask for is held back anyway.
    let isLast: Bool

    /// Connections that are new, and others of which no operation is known.
    static var newcomers: ReadShare { ReadShare(index: 0, weight: 1, isLast: false) }

    /// A larger cover is no more than so many times a client without any declaration: a round stays
    /// short.
    static var maximumWeight: Int { 32 }

    private init(index: UInt32, weight: Int32, isLast: Bool) {
        self.index = index
        self.weight = weight
        self.isLast = isLast
    }

    /// An operation's: as many units as its cover is times what needs no declaration (C2).
    /// - Parameters:
    ///   - operation: its index in the ledger.
    ///   - coverParticipants: what was declared.
    init(of operation: UInt32, coverParticipants: UInt64, state: OperationState) {
        let cover = Int(clamping: coverParticipants)
        let weight = cover / Int(Cover.undeclared.participants)
        self.init(
            index: operation + 1, weight: Int32(max(1, min(weight, Self.maximumWeight))),
            isLast: state != .open)
    }
}

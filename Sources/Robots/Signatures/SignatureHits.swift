internal import Bytes

/// A tell that was found.
struct SignatureHit: Sendable, BitwiseCopyable {
    /// Among the rules of the signature layer.
    var rule: UInt8
    /// Among the ruleset's tools; 0xFFFF where the tell names none.
    var tool: UInt16
    var observed: ByteRange

    /// Longer, or as long and earlier in the head: so the order in which they are found is nothing.
    func isBetter(than other: SignatureHit) -> Bool {
        observed.count > other.observed.count
            || observed.count == other.observed.count && observed.start < other.observed.start
    }
}

/// What one request's head gave away: at most one tell for each rule, the longest. There is room
/// for all rules, so that no crowd of weak ones hides a strong one.
struct SignatureHits: Sendable, BitwiseCopyable {
    static var capacity: Int { 32 }
    static var noTool: UInt16 { 0xFFFF }

    var marks = UserAgentMarks()
    private(set) var count = 0
    /// A bit for each rule that found something.
    private(set) var fired: UInt64 = 0
    /// A bit for each rule that is off, because the value has what excuses it.
    private(set) var excused: UInt64 = 0
    private var hits = InlineArray<32, SignatureHit>(
        repeating: SignatureHit(rule: 0, tool: 0xFFFF, observed: ByteRange()))

    subscript(_ index: Int) -> SignatureHit { hits[index] }

    func isExcused(_ hit: SignatureHit) -> Bool { excused & (1 << UInt64(hit.rule)) != 0 }

    mutating func excuse(_ rule: UInt8) {
        excused |= 1 << UInt64(rule)
    }

    /// - Parameter rules: a bit for each.
    mutating func excuse(all rules: UInt64) {
        excused |= rules
    }

    /// Adds what another value of the same header gave away; what excuses it there counts there.
    mutating func add(_ other: SignatureHits) {
        for index in 0..<other.count where !other.isExcused(other[index]) {
            let hit = other[index]
            excused &= ~(1 << UInt64(hit.rule))
            record(hit)
        }
    }

    mutating func record(_ hit: SignatureHit) {
        let bit: UInt64 = 1 << UInt64(hit.rule)
        if fired & bit != 0 {
            for index in 0..<count where hits[index].rule == hit.rule {
                if hit.isBetter(than: hits[index]) { hits[index] = hit }
                return
            }
        }
        fired |= bit
        precondition(count < Self.capacity, "a ruleset has no more rules than there is room for")
        hits[count] = hit
        count += 1
    }
}

/// Counts the requests that are in progress on the control side, by kind of work and by holder, and
/// says whether one more may begin. Pure.
///
/// Of each kind's places one person's token may take half, another token a share, and the tokens of
/// all clients half: the other half is the operators', whatever clients do.
struct ControlShares {
    /// By kind of work.
    private let bounds: [Bounds]
    private var usage: [Usage]

    private struct Bounds {
        let places: Int
        let clients: Int
        let person: Int
        let program: Int

        init(places: Int, share: Int) {
            self.places = max(places, 1)
            clients = max(places / 2, 1)
            person = max(places / 2, 1)
            program = min(share, max(places / 4, 1))
        }

        func share(of holder: TokenHolder) -> Int { holder.isPerson ? person : program }
    }

    private struct Usage {
        var total = 0
        var clients = 0
        var holders: [TokenHolder: Int] = [:]
    }

    init(_ limits: Limits) {
        bounds = ControlWork.allCases.map { work in
            Bounds(places: limits.places(for: work), share: limits.requestsShare)
        }
        usage = bounds.map { _ in Usage() }
    }

    func inProgress(_ work: ControlWork) -> Int { usage[work.rawValue].total }

    /// Counts one more request, or says why there is no place for it.
    mutating func begin(_ work: ControlWork, by holder: TokenHolder) -> ControlRefusal? {
        let bounds = bounds[work.rawValue]
        var usage = usage[work.rawValue]
        let count = usage.holders[holder, default: 0]
        guard count < bounds.share(of: holder) else { return .token }
        if holder.isClient, usage.clients >= bounds.clients { return .clients }
        guard usage.total < bounds.places else { return .places }
        usage.holders[holder] = count + 1
        usage.total += 1
        if holder.isClient { usage.clients += 1 }
        self.usage[work.rawValue] = usage
        return nil
    }

    /// Counts one request less, of one that was begun.
    mutating func end(_ work: ControlWork, by holder: TokenHolder) {
        let count = usage[work.rawValue].holders[holder, default: 0]
        precondition(count > 0, "a request ends that has begun")
        usage[work.rawValue].holders[holder] = count > 1 ? count - 1 : nil
        usage[work.rawValue].total -= 1
        if holder.isClient { usage[work.rawValue].clients -= 1 }
    }
}

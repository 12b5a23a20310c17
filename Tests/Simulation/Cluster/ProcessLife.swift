/// Whether a simulated process runs. What waits for it ends when it does not.
final class ProcessLife {
    private(set) var hasEnded = false
    /// Whether it was given an altered batch by the engine.
    var hasReadAltered = false
    /// Ends of links that are this process's.
    private var links: [SimulatedLinkEnd] = []

    func add(_ link: SimulatedLinkEnd) {
        links.removeAll { $0.isClosed }
        links.append(link)
    }

    /// - Parameter isSilent: with the machine, so that nobody hears of it.
    func end(isSilent: Bool) {
        hasEnded = true
        for link in links { link.close(isSilent: isSilent) }
        links = []
    }
}

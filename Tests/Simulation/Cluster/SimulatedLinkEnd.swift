/// One end of a link between two nodes: bytes come in the order in which they were sent, some time
/// later; while the way is cut they wait, as TCP's do.
final class SimulatedLinkEnd {
    /// What has come and is not read; the kernel keeps it for a process that stands still.
    private var received: [UInt8] = []
    /// The other end has ended it, and all before that has come.
    private(set) var isFinished = false
    private(set) var isClosed = false
    /// Called when something has come.
    var onArrival: () -> Void = {}
    private let network: SimulatedNetwork
    /// The node that it is at, and that of the other end.
    private let place: Int
    private let other: Int
    private var peer: SimulatedLinkEnd?
    /// On the way to this end; nil for the end of it.
    private var coming: [(time: UInt64, bytes: [UInt8]?)] = []

    private init(_ network: SimulatedNetwork, at place: Int, to other: Int) {
        self.network = network
        self.place = place
        self.other = other
    }

    /// Both ends of a new link.
    static func pair(
        _ network: SimulatedNetwork, _ place: Int, _ other: Int
    ) -> (SimulatedLinkEnd, SimulatedLinkEnd) {
        let near = SimulatedLinkEnd(network, at: place, to: other)
        let far = SimulatedLinkEnd(network, at: other, to: place)
        near.peer = far
        far.peer = near
        return (near, far)
    }

    var hasArrivals: Bool { !received.isEmpty || isFinished }

    func drain() -> [UInt8] {
        defer { received = [] }
        return received
    }

    func send(_ bytes: [UInt8]) {
        if !isClosed, !bytes.isEmpty { peer?.expect(bytes) }
    }

    /// - Parameter isSilent: the machine has lost its power: nobody hears of it.
    func close(isSilent: Bool = false) {
        guard !isClosed else { return }
        isClosed = true
        onArrival = {}
        received = []
        coming = []
        if !isSilent { peer?.expect(nil) }
        peer = nil
    }

    private func expect(_ bytes: [UInt8]?) {
        guard !isClosed else { return }
        let time = max(network.world.now + network.delay(), coming.last?.time ?? 0)
        coming.append((time, bytes))
        network.world.at(time) { [weak self] in self?.arrive() }
    }

    private func arrive() {
        guard !isClosed, let first = coming.first, first.time <= network.world.now else { return }
        guard network.reaches(other, place) else {
            network.world.after(milliseconds: 20) { [weak self] in self?.arrive() }
            return
        }
        var hasCome = false
        while let next = coming.first, next.time <= network.world.now {
            coming.removeFirst()
            if let bytes = next.bytes { received += bytes } else { isFinished = true }
            hasCome = true
        }
        if hasCome { onArrival() }
    }
}

internal import Bytes
internal import Cluster
internal import Contract
internal import Ledger

/// What a node that follows measured in its last second, as it tells its leader: how it is pushed,
/// and what its listeners have brought. Little-endian fields, then an item for each operation.
struct NodeSample: Equatable, Sendable {
    var level = PressureLevel.calm
    var figures = PressureFigures()
    /// What the counts are of.
    var windowMilliseconds: UInt32
    /// Operations that anything came to, in their order.
    var demands: [Demand] = []

    struct Demand: Equatable, Sendable {
        var operation: UInt32
        /// Entries that came, whatever their verdict.
        var attempts: UInt32
        var accepted: UInt32
        /// What they waited at that node: to be read, and to be sent to the leader.
        var queueMicroseconds: UInt64
        /// Entries that were answered, tests apart, and those of them that found no room.
        var answers = RoomCount()
    }

    /// Operations of one sample; of more, those that brought most.
    static var maximumDemands: Int { 4_096 }
    /// A figure that is larger is none, nor are waits that are more together: so no sum overflows.
    private static var maximumFigure: UInt64 { 1_000_000_000_000 }
    /// What is measured over less says nothing.
    static var windows: ClosedRange<UInt32> { 100...60_000 }

    init(windowMilliseconds: UInt32) { self.windowMilliseconds = windowMilliseconds }

    /// Adds operations, as many as one sample may have.
    mutating func add(_ demands: [Demand]) {
        var most = demands
        if most.count > Self.maximumDemands {
            most.sort { ($1.attempts, $0.operation) < ($0.attempts, $1.operation) }
            most.removeLast(most.count - Self.maximumDemands)
        }
        self.demands = most.sorted { $0.operation < $1.operation }
    }

    // MARK: The frame

    func append(to buffer: inout ByteBuffer) {
        let start = buffer.beginFrame(.sample)
        buffer.append(UInt8(level.rawValue))
        buffer.append(littleEndian: windowMilliseconds)
        for figure in [
            figures.queueWait, figures.commit, figures.calmCommit, figures.loopLag,
            figures.unreadWait, figures.shed, figures.memory,
        ] {
            buffer.append(littleEndian: min(UInt64(clamping: figure), Self.maximumFigure))
        }
        for demand in demands {
            buffer.append(littleEndian: demand.operation)
            buffer.append(littleEndian: demand.attempts)
            buffer.append(littleEndian: demand.accepted)
            buffer.append(littleEndian: min(demand.queueMicroseconds, Self.maximumFigure))
            buffer.append(littleEndian: UInt32(clamping: demand.answers.attempts))
            buffer.append(littleEndian: UInt32(clamping: demand.answers.refused))
        }
        buffer.endFrame(at: start, count: 0)
    }

    /// - Returns: nil where the payload is none that ``append(to:)`` writes.
    init?(_ payload: RawSpan) {
        var reader = ByteReader(payload)
        do {
            guard let level = PressureLevel(rawValue: Int(try reader.read(UInt8.self))) else {
                return nil
            }
            self.level = level
            windowMilliseconds = try reader.read()
            guard Self.windows.contains(windowMilliseconds) else { return nil }
            for figure in [
                \PressureFigures.queueWait, \.commit, \.calmCommit, \.loopLag, \.unreadWait,
                \.shed, \.memory,
            ] {
                let value: UInt64 = try reader.read()
                guard value <= Self.maximumFigure else { return nil }
                figures[keyPath: figure] = Int(value)
            }
            var (last, waits) = (-1, UInt64(0))
            while reader.remaining > 0 {
                let demand = Demand(
                    operation: try reader.read(), attempts: try reader.read(),
                    accepted: try reader.read(), queueMicroseconds: try reader.read(),
                    answers: RoomCount(
                        attempts: UInt64(try reader.read(UInt32.self)),
                        refused: UInt64(try reader.read(UInt32.self))))
                guard Int(demand.operation) > last, demand.operation < LedgerLimits.operations,
                    demand.queueMicroseconds <= Self.maximumFigure - waits,
                    demand.answers.refused <= demand.answers.attempts,
                    demands.count < Self.maximumDemands
                else { return nil }
                last = Int(demand.operation)
                waits += demand.queueMicroseconds
                demands.append(demand)
            }
        } catch {
            return nil
        }
    }
}

extension PressureSample {
    /// The pressure of a cluster, as its leader sees it with what other nodes have told: its own
    /// level, or a higher one that at least half of the nodes have. One that is pushed alone is the
    /// load balancer's matter, and no client's fault.
    ///
    /// The figures are those of a node that has the level: by them it can be understood.
    func merged(with others: [NodeSample]) -> PressureSample {
        var merged = self
        merged.others = others
        for level in PressureLevel.allCases.reversed() where level > self.level {
            let having = others.filter { $0.level >= level }
            guard 2 * having.count >= others.count + 1 else { continue }
            // Of the one that is pushed least: what holds of it holds of all of them.
            let least = having.min { $0.figures.wait < $1.figures.wait }
            merged.level = level
            if let least { merged.figures = least.figures }
            break
        }
        return merged
    }
}

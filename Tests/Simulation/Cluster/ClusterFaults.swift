/// What happens to a simulated cluster, by chance: to nodes, ways and the engine. Each fault is
/// healed some time later.
final class ClusterFaults {
    private enum Kind: String, CaseIterable {
        case leaderKilled, followerKilled, machineLost, diskFault, leaderPaused, followerPaused
        case cutFromEngine, cutFromNodes, cutFromAll, engineAway, handOver, clockSet, alteredBatch
    }

    private unowned let cluster: SimulatedCluster
    private let random: SeededRandom
    private var planned = 0
    private var healed = 0

    init(_ cluster: SimulatedCluster) {
        self.cluster = cluster
        random = cluster.random
    }

    /// Whether all that was planned has come about and is healed.
    var isOver: Bool { planned == healed }

    /// Plans some.
    /// - Parameter milliseconds: in which they begin.
    func plan(in milliseconds: Int) {
        planned = 2 + random.below(5)
        for _ in 0..<planned {
            let kind = random.element(Kind.allCases)
            cluster.world.after(milliseconds: random.below(milliseconds)) { [weak self] in
                self?.begin(kind)
            }
        }
    }

    private func begin(_ kind: Kind) {
        let node = chooseNode(kind)
        cluster.judge.count("fault: \(kind.rawValue)")
        cluster.judge.note("\(kind.rawValue) \(node.name)")
        let length = 100 + random.below(kind == .cutFromAll ? 4_000 : 2_500)
        let heal = carryOut(kind, node)
        cluster.world.after(milliseconds: length) { [self] in
            heal()
            healed += 1
        }
    }

    private func chooseNode(_ kind: Kind) -> SimulatedNode {
        let leader = cluster.leader ?? random.element(cluster.nodes)
        switch kind {
        case .leaderKilled, .leaderPaused, .handOver, .engineAway: return leader
        case .followerKilled, .followerPaused:
            return random.element(cluster.nodes.filter { $0 !== leader })
        case .machineLost, .diskFault, .cutFromEngine, .cutFromNodes, .cutFromAll:
            return random.oneIn(2) ? leader : random.element(cluster.nodes)
        case .clockSet, .alteredBatch: return random.element(cluster.nodes)
        }
    }

    /// - Returns: what heals it.
    private func carryOut(_ kind: Kind, _ node: SimulatedNode) -> () -> Void {
        switch kind {
        case .leaderKilled, .followerKilled, .machineLost:
            node.kill(machine: kind == .machineLost)
            return { node.start() }
        case .diskFault:
            node.disk.planFault(random)
            return { node.disk.forgetFaults() }
        case .leaderPaused, .followerPaused:
            node.pause()
            return { node.goOn() }
        case .cutFromEngine:
            node.isCutFromEngine = true
            return { node.isCutFromEngine = false }
        case .cutFromNodes:
            let others = cluster.nodes.filter { $0 !== node && !random.oneIn(3) }
            let isBothWays = random.oneIn(2)
            return cut(node, others, isBothWays: isBothWays)
        case .cutFromAll:
            node.isCutFromEngine = true
            node.getsRepeatsOnly = random.oneIn(2)
            let heal = cut(node, cluster.nodes.filter { $0 !== node }, isBothWays: true)
            return {
                heal()
                node.isCutFromEngine = false
                node.getsRepeatsOnly = false
            }
        case .engineAway:
            cluster.isEngineAway = true
            return { [cluster] in cluster.isEngineAway = false }
        case .handOver:
            do {
                try node.process?.handOver()
            } catch {
                cluster.judge.violate("\(error)")
            }
            return {}
        case .clockSet:
            node.clock.errorMilliseconds = random.element([-9_000, -900, 700, 3_000, 60_000])
            return { node.clock.errorMilliseconds = 0 }
        case .alteredBatch:
            cluster.alterations += 1
            return { [cluster] in cluster.alterations = 0 }
        }
    }

    private func cut(
        _ node: SimulatedNode, _ others: [SimulatedNode], isBothWays: Bool
    ) -> () -> Void {
        let network = cluster.network
        for other in others {
            network.cut(node.place, other.place)
            if isBothWays { network.cut(other.place, node.place) }
        }
        return {
            for other in others {
                network.heal(node.place, other.place)
                network.heal(other.place, node.place)
            }
        }
    }
}

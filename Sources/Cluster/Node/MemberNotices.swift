/// What is wrong with the nodes that a leader hears: two processes of one name, or more names than
/// a cluster has nodes. Each is said once.
struct MemberNotices {
    private var waiting: [String] = []
    /// Names of which something was said.
    private var named: Set<String> = []

    /// A node that was heard so lately has not moved.
    private static var movingMilliseconds: UInt32 { 1_000 }
    /// Whoever reaches a port of plain text may say any name.
    private static var maximumNames: Int { 64 }

    mutating func compare(_ member: ClusterMember, with earlier: ClusterMember) {
        guard member.address != earlier.address, !member.address.isEmpty,
            !earlier.address.isEmpty, earlier.silentMilliseconds < Self.movingMilliseconds
        else { return }
        say(
            "two processes say that they are node \(member.node), at \(earlier.address) and at "
                + "\(member.address): give each node a name of its own with --node",
            of: member.node)
    }

    /// A node is not known, because so many others are.
    mutating func leaveOut(_ node: String) {
        say(
            "node \(node) does not count: \(LinkFrame.maximumMembers) other nodes are known, and a "
                + "cluster has no more; forget one that will not come back with portillon cluster "
                + "forget",
            of: node)
    }

    /// What was not taken yet.
    mutating func take() -> [String] {
        defer { waiting = [] }
        return waiting
    }

    private mutating func say(_ text: String, of node: String) {
        guard named.count < Self.maximumNames, named.insert(node).inserted else { return }
        waiting.append(text)
    }
}

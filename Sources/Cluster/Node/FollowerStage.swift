/// How far a node is on its way to an office.
enum FollowerStage {
    case following
    /// The same call, until it is known who has won.
    case claiming(OfficeClaim)
    /// The log is this node's: what is behind the own journal is final, and is read.
    case claimed(OfficeClaim)
}

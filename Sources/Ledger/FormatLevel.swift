/// What kinds of records a build knows, and by which rules it decides them again: a number that
/// grows with each of either.
///
/// In a cluster a leader may be newer than a node that follows it. So what a level brings is used
/// only behind a record that says that all nodes know the level (``Fact/level(_:)``,
/// ``Catalogue/level``), and a build that knows less neither starts nor follows behind it. A
/// gateway that is alone needs no such record: what it writes is of its build's level.
package enum FormatLevel {
    /// Of this build.
    package static let current: UInt16 = 1
}

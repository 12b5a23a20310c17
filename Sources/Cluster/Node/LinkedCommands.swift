/// Where a leader's links leave the changes that operators have asked other nodes for. Used by the
/// thread of the links, once it has been lent; it does not wait.
package protocol LinkedCommands: AnyObject, Sendable {
    /// Has a change decided.
    /// - Parameters:
    ///   - command: as a node that follows has written it.
    ///   - answer: called once, on any thread, with what goes back to that node.
    /// - Returns: false where it is no change: the link ends, and `answer` is not called.
    func take(
        _ command: [UInt8], _ answer: @escaping @Sendable (_ outcome: [UInt8]) -> Void
    ) -> Bool
}

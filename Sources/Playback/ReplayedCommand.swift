package import Ledger

/// What a command came to when it was decided again.
package struct ReplayedCommand: Sendable {
    package let change: Change
    /// What had been counted of the command's operation before it; nil for a command about none.
    package let counts: OperationCounts?
}

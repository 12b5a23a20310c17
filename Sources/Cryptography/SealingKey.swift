internal import Synchronization

/// A data key that tables and threads share: what an operation's personal data is sealed with.
///
/// It never changes. When the last reference goes, the bytes are wiped.
package final class SealingKey: Sendable {
    /// Tells this key from every other of the process. Never used twice, unlike an address, so
    /// that a ``Sealer`` recognises by it the key whose schedule it holds. Never 0.
    package let number: UInt64
    let key: SymmetricKey

    private static let lastNumber = Atomic<UInt64>(0)

    package init(_ key: consuming SymmetricKey) {
        self.key = key
        number = Self.lastNumber.wrappingAdd(1, ordering: .relaxed).newValue
    }

    /// Gives the secret to whoever wraps it for storage.
    package func withBytes<Result>(_ body: (RawSpan) -> Result) -> Result {
        key.withBytes(body)
    }
}

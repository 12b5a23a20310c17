internal import Cryptography

/// Where a vault keeps its secrets, wrapped.
///
/// A call that returns has its effect on stable storage, and what it replaced or removed can be
/// read no more. One that throws, or whose process ends, leaves the old state or the new one.
protocol SecretStore: AnyObject {
    /// Whether this process may write; else it reads what another one writes.
    var mayWrite: Bool { get }

    /// What messages call the place of a secret.
    func place(of name: SecretName) -> String

    /// Operations and webhooks that have a secret.
    func names() throws(KeyVaultError) -> [SecretName]

    /// Asks for the secrets of all operations at once, where asking for each takes a way over the
    /// network: what is read next is taken from there, once each, until ``endReadingAhead()``.
    func readAhead() throws(KeyVaultError)
    func endReadingAhead()

    /// Nil if there is no such secret.
    func read(_ name: SecretName) throws(KeyVaultError) -> SecretBytes?

    /// - Throws: ``KeyVaultError/alreadyExists(file:)``.
    func create(_ name: SecretName, _ secret: borrowing SecretBytes) throws(KeyVaultError)

    /// Puts what `body` makes of a secret in its place. Where that is nil, what an earlier call
    /// left is finished.
    /// - Parameter body: may be called again, with what somebody else has made of it meanwhile.
    /// - Returns: false if there is no such secret.
    func update(
        _ name: SecretName,
        _ body: (borrowing SecretBytes) throws(KeyVaultError) -> SecretBytes?
    ) throws(KeyVaultError) -> Bool

    /// - Returns: false if there was no such secret.
    @discardableResult
    func remove(_ name: SecretName) throws(KeyVaultError) -> Bool

    /// Raises the lowest leaf that has not been given out: compared and set, where others write
    /// too.
    /// - Parameters:
    ///   - known: the lowest one that this process knows of.
    ///   - body: the new one, for the old; may be called again, for one that somebody else has set.
    func raiseNextLeaf(
        from known: UInt64, _ body: (UInt64) throws(KeyVaultError) -> UInt64
    ) throws(KeyVaultError)
}

extension SecretStore {
    /// Files are read one by one.
    func readAhead() throws(KeyVaultError) {}
    func endReadingAhead() {}
}

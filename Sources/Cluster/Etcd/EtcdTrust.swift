internal import Glibc
package import Sockets

/// Whom the client trusts, and what it shows of itself: the same for all members. Copies share what
/// is renewed: connections from then on are made with it.
package struct EtcdTrust: Sendable {
    private let files: (authorities: String?, own: TLSFiles.Pair?)
    private let stored: Renewable<TLSClientContext>?

    var context: TLSClientContext? { stored?.value }

    /// For plain text.
    package static let none = EtcdTrust()

    private init() {
        files = (nil, nil)
        stored = nil
    }

    /// - Parameters:
    ///   - authorities: a PEM file; nil for the system's.
    ///   - own: a client's certificate and its key, where etcd asks for one.
    /// - Throws: `TLSFileError` naming the file that is not as it must be.
    package init(authorities: String?, own: TLSFiles.Pair?) throws(TLSFileError) {
        files = (authorities, own)
        stored = Renewable(try Self.read(authorities, own))
    }

    private static func read(
        _ authorities: String?, _ own: TLSFiles.Pair?
    ) throws(TLSFileError) -> TLSClientContext {
        try TLSClientContext(
            authorities: authorities, own: own, now: Int64(time(nil)), protocols: ["h2"])
    }

    /// Reads the files again; what is in force stays so.
    /// - Returns: puts what was read in force; nil where there are no files.
    /// - Throws: `TLSFileError` naming the file that is not as it must be.
    package func readAgain() throws(TLSFileError) -> (@Sendable () -> Void)? {
        guard let stored else { return nil }
        let fresh = try Self.read(files.authorities, files.own)
        return { stored.change(to: fresh) }
    }

    /// What is shown: its file, and when it ends, in seconds since 1970; nil for nothing.
    package var own: (path: String, notAfter: Int64)? { context?.own }
}

internal import Glibc
package import Sockets

/// Whom the client trusts, and what it shows of itself: the same for all members.
package struct EtcdTrust: Sendable {
    let context: TLSClientContext?

    /// For plain text.
    package static let none = EtcdTrust(context: nil)

    private init(context: TLSClientContext?) {
        self.context = context
    }

    /// - Parameters:
    ///   - authorities: a PEM file; nil for the system's.
    ///   - own: a client's certificate and its key, where etcd asks for one.
    /// - Throws: `TLSFileError` naming the file that is not as it must be.
    package init(authorities: String?, own: TLSFiles.Pair?) throws(TLSFileError) {
        context = try TLSClientContext(
            authorities: authorities, own: own, now: Int64(time(nil)), protocols: ["h2"])
    }
}

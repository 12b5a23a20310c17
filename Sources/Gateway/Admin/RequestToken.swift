internal import Cryptography

/// The token of the request that a task handles: a node that follows sends its digest along with a
/// change, because the leader may know by then that the token was revoked.
enum RequestToken {
    /// Nil outside of a request, and in a gateway that is alone.
    @TaskLocal static var digest: SHA256Digest?
}

package import Addresses
internal import Bytes

/// The hops of one request, read from left to right, as they stand in `X-Forwarded-For` and
/// `Forwarded`: the farthest first. What counts is the right-most hop that is not a trusted proxy:
/// everything to its left is hearsay of a stranger.
///
/// Read in this direction because a quoted string has no other; what is found at each hop is the
/// answer for the hops so far, so nothing is kept but two words.
package struct ForwardedChain: Sendable, BitwiseCopyable {
    private var found: IPAddress?
    private var isHidden = false

    package init() {}

    /// Takes the next hop to the right.
    ///
    /// - a stranger's address: it is the client, unless a further stranger follows;
    /// - a trusted proxy's: whom it spoke for stands before it; the first of all, with nobody
    ///   before it, is the client itself;
    /// - none (`unknown`, `_hidden`, not an address at all): a trusted proxy may have said so of
    ///   its client, so whatever stands before it is worth nothing.
    mutating func take(_ address: IPAddress?, trusting isTrusted: (IPAddress) -> Bool) {
        guard let address else {
            found = nil
            isHidden = true
            return
        }
        if !isTrusted(address) {
            found = address
            isHidden = false
        } else if found == nil {
            found = address
        }
    }

    /// The client, after the last hop.
    /// - Parameter peer: the trusted proxy that is connected here.
    package func client(behind peer: IPAddress) -> ClientAddress {
        ClientAddress(found ?? peer, isHidden: isHidden)
    }
}

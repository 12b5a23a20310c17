package import Addresses
internal import Bytes

/// Who sent a request, as far as those who are believed can tell.
package struct ClientAddress: Equatable, Sendable, BitwiseCopyable {
    /// The client's; or, where that is hidden, of the farthest proxy that is known.
    package var address: IPAddress
    /// The proxies spoke for somebody whose address they did not tell, or not so that it can be
    /// believed: many people may share `address`.
    package var isHidden = false

    package init(_ address: IPAddress, isHidden: Bool = false) {
        self.address = address
        self.isHidden = isHidden
    }
}

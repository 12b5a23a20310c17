internal import Addresses
internal import Bytes
internal import Ledger
internal import Time
internal import Wire

/// Looks at the permit that a test entry comes with (C7). Of its loop alone.
struct PermitVerifier: ~Copyable {
    private let proxies: TrustedProxies
    /// A permit's text, decoded.
    private var scratch = ByteBuffer(capacity: 32)

    init(_ proxies: TrustedProxies) {
        self.proxies = proxies
    }

    /// The result of looking at a request's permit.
    enum Result {
        /// The entry may go on: with the permit of this index, or with ``EntryCommand/noPermit``.
        case good(permit: UInt32)
        case refused(RefusalReason)

        /// Whether the request is of a test that was agreed to: one that comes too fast is, too.
        var isTest: Bool {
            switch self {
            case .good(let permit): permit != EntryCommand.noPermit
            case .refused(.permitRate): true
            case .refused: false
            }
        }
    }

    /// Looks at the permit of a request, if it has one; counts the entry toward the permit's pace.
    /// - Parameters:
    ///   - operation: that the entry is for.
    ///   - peer: the connection's.
    ///   - now: the ledger's time.
    ///   - nanoseconds: the monotonic clock.
    mutating func verify(
        _ head: borrowing RequestParser, _ request: RawSpan, for operation: UInt32,
        in directory: borrowing Directory, from peer: IPAddress, at now: Timestamp,
        nanoseconds: UInt64
    ) -> Result {
        guard let range = head[.portillonPermit] else {
            return .good(permit: EntryCommand.noPermit)
        }
        guard let token = PermitToken(text: request.extracting(range.range), scratch: &scratch),
            let permit = directory.permit(token.index), token.isSigned(as: permit.token)
        else { return .refused(.permitInvalid) }
        if let refusal = permit.refusal(of: operation, at: now) { return .refused(refusal) }
        if permit.isBoundToNetworks {
            let client = ClientAddress.of(request, readBy: head, peer: peer, proxies)
            // A client that is hidden behind its proxies is of no network.
            guard !client.isHidden, permit.admits(client.address) else {
                return .refused(.permitAddress)
            }
        }
        return permit.countIfInPace(at: nanoseconds)
            ? .good(permit: token.index) : .refused(.permitRate)
    }
}

internal import Bytes
internal import Cluster
internal import Cryptography
internal import Ledger
internal import Projections
internal import Synchronization
internal import Time
internal import Wire

/// What a node that follows has its leader do.
extension Control {
    /// Has the leader decide a change. It comes back when this node has followed to what came of it
    /// and every view shows it.
    /// - Parameters:
    ///   - record: as the log keeps it; empty for none.
    ///   - isLong: whether the change takes the leader longer than an entry waits for the disk.
    /// - Returns: nil where this node decides itself.
    /// - Throws: ``Problem`` where nobody knows what came of it, or what the leader says.
    func forward(
        _ record: [UInt8], expecting expected: ExpectedOperation? = nil, isLong: Bool = false
    ) async throws(Problem) -> AdministrativeOutcome? {
        guard let commands = shared.commands else { return nil }
        let seconds =
            isLong ? Self.longSeconds : shared.answerSeconds.load(ordering: .relaxed)
        let deadline =
            shared.clock.monotonicNanoseconds() + UInt64(seconds) * 1_000_000_000
        let end: CommandForwarding.End
        do {
            end = try await commands.forward(
                record, token: leadersToken, expecting: expected, until: deadline)
        } catch {
            throw .wrongShape([
                FieldError(pointer: "", detail: "Cannot be encoded for the leader.")
            ])
        }
        switch end {
        case .own: return nil
        case .told(.outcome(let outcome)): return outcome
        case .told(.failed(let problem)): throw problem
        case .unknown: throw .changeOutcomeUnknown
        }
    }

    /// The token of the request that is handled, unless it is this node's own admin token, which no
    /// other node knows.
    private var leadersToken: SHA256Digest? {
        guard let digest = RequestToken.digest else { return nil }
        let found = tokens.credential(
            of: digest, among: shared.projected, at: shared.ledgerTime)
        if case .admin = found { return nil }
        return digest
    }

    /// Comes back when this node shows all that was on record at the leader when this was called:
    /// what is read next is as new as at the leader. A node that leads has it, once it has proved
    /// that it still does.
    func catchUp() async throws(Problem) {
        if let told = try await forward([]) {
            _ = try decision(told)
        } else if !(await hasProvenOffice()) {
            throw shared.isLeading ? .logUnavailable : shared.notLeading
        }
    }

    /// Whether the log was this node's half a second ago or later: what it knows is then all that
    /// was acknowledged, as for answers that rest on no append. Where the last proof is older, it
    /// waits for the next, as long as for an answer. Always true of a gateway that is alone.
    func hasProvenOffice() async -> Bool {
        guard let cluster = shared.cluster else { return true }
        let seconds = UInt64(shared.answerSeconds.load(ordering: .relaxed))
        let deadline = shared.clock.monotonicNanoseconds() + seconds * 1_000_000_000
        while shared.isLeading {
            if cluster.isProven(at: shared.clock.elapsedNanoseconds()) { return true }
            guard shared.clock.monotonicNanoseconds() < deadline else { return false }
            // It throws where the task is cancelled, and nothing cancels it.
            try? await Task.sleep(for: Self.proofLook)
        }
        return false
    }

    /// A leader proves its office five times a second.
    private static var proofLook: Duration { .milliseconds(20) }

    /// Reading a run's entries from the log takes so long at most.
    private static var longSeconds: Int { 300 }
}

extension Problem {
    fileprivate static let logUnavailable = Problem(
        .serviceUnavailable, "log_unavailable", "Log unavailable",
        "The cluster's etcd does not confirm that this node still leads. Ask again.",
        retryAfterSeconds: 2)
}

internal import Bytes
internal import Ledger
internal import Robots
internal import Wire

/// Challenges: given out to whoever asks, verified where one comes with an entry.
extension EntryService {
    /// A challenge of the usual level; for the front-end key alone, where one is sent.
    mutating func answerChallenge(
        _ head: borrowing RequestParser, _ request: RawSpan, _ profile: OperationProfile?,
        _ writer: inout ResponseWriter
    ) {
        guard let profile, board.state(of: profile.index) != .draft else {
            writer.problem(.challenge, .unknownOperation)
            return
        }
        _ = profile.admitOrigin(head, request, &writer)
        var key: DirectoryKey?
        if head[.authorization] != nil {
            guard let sent = keys.authenticate(head, request, in: directory) else {
                writer.problem(.challenge, .unauthorized, profile: profile)
                return
            }
            guard sent.operation == profile.index else {
                writer.problem(.challenge, .wrongOperation, profile: profile)
                return
            }
            key = sent
        }
        guard profile.mayChallenge else {
            writer.problem(.challenge, .noChallenge, profile: profile)
            return
        }
        let now = health.ledgerTime(at: writer.time.now)
        writer.body.removeAll()
        guard
            challenges.append(
                .usual, for: profile, key, expires: limits.expiry(ofChallengeAt: now),
                to: &writer.body)
        else {
            writer.problem(.challenge, .challengesUsedUp, profile: profile)
            return
        }
        writer.fields.append("Cache-Control", "no-store")
        writer.respond(.challenge, .ok, profile: profile)
    }

    /// What came as a solved challenge with an entry; takes the fields one by one.
    static func verify(
        _ entry: EntryRequest, _ json: RawSpan, _ decoded: borrowing ByteBuffer,
        _ profile: OperationProfile, _ key: DirectoryKey, _ challenges: inout EntryChallenges
    ) -> SolvedChallenge {
        challenges.verify(entry.altcha.bytes(json, decoded.bytes), profile, key)
    }
}

internal import Bytes
internal import Wire

/// What an entry's head decides by itself, in the order in which a whole request is checked.
extension EntryService {
    /// Answers an entry that its head does not let in: nothing of its body is waited for. What only
    /// the body or the ledger can tell, such as all reasons of a refusal, comes when it is whole.
    /// - Parameter profile: of the operation in the request's path; nil where there is none.
    /// - Returns: whether it was answered.
    mutating func refuseHead(
        _ head: borrowing RequestParser, _ request: RawSpan, _ profile: OperationProfile?,
        from source: RequestSource, _ writer: inout ResponseWriter
    ) -> Bool {
        isTest = false
        guard let (key, profile) = authenticate(head, request, profile, &writer) else {
            return true
        }
        let isRefused = refuseHead(head, request, of: profile, with: key, from: source, &writer)
        // Where it is not, the whole request is counted.
        if isRefused, key.isSuspected { recordSuspectedUse(of: key, at: writer.time.now) }
        return isRefused
    }

    private mutating func refuseHead(
        _ head: borrowing RequestParser, _ request: RawSpan, of profile: OperationProfile,
        with key: DirectoryKey, from source: RequestSource, _ writer: inout ResponseWriter
    ) -> Bool {
        guard key.isServer || profile.admitOrigin(head, request, &writer) else { return false }
        // Whether the permit is good for it is seen when it is whole: its answer is counted apart.
        guard head[.portillonPermit] == nil else { return false }
        if isHalted {
            refuse(.noSpace, profile, &writer)
            return true
        }
        if head[.idempotencyKey] == nil,
            let verdict = board.refusal(
                in: board.state(of: profile.index), profile, at: writer.time.now, health)
        {
            refuse(verdict, profile, &writer)
            return true
        }
        if let problem = mediaProblem(head, request) {
            refuse(problem, profile, &writer)
            return true
        }
        let decision = judgeHead(head, request, profile, key, source)
        if readSigned(head, request, profile, source, writer.time) != nil { return false }
        return refuseRobot(decision, head, request, profile, key, source, &writer)
    }

    /// The front-end key and the operation that it is for; answers, and gives nothing, where the
    /// key is not valid, or not for the operation in the path.
    @inline(__always)
    mutating func authenticate(
        _ head: borrowing RequestParser, _ request: RawSpan, _ profile: OperationProfile?,
        _ writer: inout ResponseWriter
    ) -> (key: DirectoryKey, profile: OperationProfile)? {
        guard let key = keys.authenticate(head, request, in: directory) else {
            writer.problem(.entries, .unauthorized)
            return nil
        }
        guard let profile else {
            writer.problem(.entries, .unknownOperation)
            return nil
        }
        guard key.operation == profile.index else {
            operations.count(.keyRefused, of: profile.index, lane: lane)
            if key.isSuspected { recordSuspectedUse(of: key, at: writer.time.now) }
            writer.problem(.entries, .wrongOperation)
            return nil
        }
        writer.operation = profile.index
        return (key, profile)
    }

    /// What is wrong with the form that a body is sent in; nil where it can be read.
    @inline(__always)
    func mediaProblem(_ head: borrowing RequestParser, _ request: RawSpan) -> Problem? {
        if let coding = head[.contentEncoding],
            !MediaType.isIdentity(request.extracting(coding.range))
        {
            return .unsupportedContentCoding
        }
        guard let type = head[.contentType], MediaType.isJSON(request.extracting(type.range))
        else { return .unsupportedMediaType }
        return nil
    }
}

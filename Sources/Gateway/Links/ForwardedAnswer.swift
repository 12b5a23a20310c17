internal import Bytes
internal import Ledger
internal import Sockets

/// An answer as the leader sends it to the node whose entry it decided: field by field,
/// little-endian.
enum ForwardedAnswer {
    static let bytes = 76

    static func append(_ answer: AnswerEnvelope, to buffer: inout ByteBuffer) {
        let start = buffer.count
        buffer.append(littleEndian: answer.connection.number)
        buffer.append(littleEndian: answer.entry)
        buffer.append(littleEndian: answer.epoch)
        buffer.append(littleEndian: answer.person.high)
        buffer.append(littleEndian: answer.person.low)
        buffer.append(littleEndian: answer.operation)
        buffer.append(littleEndian: answer.participant)
        buffer.append(littleEndian: answer.turnAt)
        buffer.append(littleEndian: answer.retryAfterMilliseconds)
        buffer.append(answer.verdict.rawValue)
        buffer.append(UInt8(answer.isTest ? 1 : 0))
        buffer.append(littleEndian: answer.reasons.bits)
        buffer.append(littleEndian: answer.reasons.missingConsents)
        buffer.append(answer.challengeLevel)
        buffer.append(UInt8(0))
        buffer.append(littleEndian: answer.key)
        buffer.append(littleEndian: answer.tool.place)
        buffer.append(littleEndian: answer.tool.ruleset)
        precondition(buffer.count - start == bytes, "the fields are as long as they are read")
    }

    /// - Returns: the answer, with the entry's number as its connection; nil where the bytes are
    ///   none that ``append(_:to:)`` writes.
    static func answer(_ span: RawSpan) -> AnswerEnvelope? {
        guard span.byteCount == bytes else { return nil }
        var reader = ByteReader(span)
        do {
            let number: UInt64 = try reader.read()
            let (entry, epoch) = (try reader.read(UInt64.self), try reader.read(UInt64.self))
            let person = Fingerprint(high: try reader.read(), low: try reader.read())
            let (operation, participant) = (
                try reader.read(UInt32.self), try reader.read(UInt32.self)
            )
            let (turnAt, retry) = (try reader.read(Int64.self), try reader.read(UInt32.self))
            let verdict = EntryVerdict(rawValue: try reader.read())
            let isTest: UInt8 = try reader.read()
            guard let verdict, isTest <= 1, operation < LedgerLimits.operations else { return nil }
            var answer = AnswerEnvelope(
                connection: EventToken(number: number), entry: entry, epoch: epoch, person: person,
                operation: operation, participant: participant, turnAt: turnAt,
                retryAfterMilliseconds: retry, verdict: verdict, isTest: isTest == 1)
            let bits: UInt16 = try reader.read()
            answer.reasons = RefusalReasons(bits: bits, missingConsents: try reader.read())
            answer.challengeLevel = try reader.read()
            guard try reader.read(UInt8.self) == 0 else { return nil }
            answer.key = try reader.read()
            answer.tool.place = try reader.read()
            answer.tool.ruleset = try reader.read()
            return answer
        } catch {
            return nil
        }
    }
}

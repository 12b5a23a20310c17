internal import Bytes
internal import Foundation
internal import Ledger
internal import Time
internal import Wire

/// What came of a change, as the leader tells the node that was asked for it: little-endian fields,
/// then what came of it as JSON.
struct ForwardedOutcome: Sendable {
    /// The change's.
    let number: UInt64
    /// So many records the log had when it was known: whoever has them all has the change's too,
    /// and whatever it was refused for.
    let records: UInt64
    let result: Result

    enum Result: Sendable {
        case outcome(AdministrativeOutcome)
        /// It was carried out in part, or what it needed beside its record could not be done.
        case failed(Problem)
    }

    /// Bytes of the longest.
    private static var maximumBytes: Int { 64 << 10 }

    init(number: UInt64, records: UInt64, _ result: Result) {
        self.number = number
        self.records = records
        self.result = result
    }

    /// - Returns: nil where the bytes are none that ``append(to:)`` writes.
    init?(_ payload: RawSpan) {
        guard payload.byteCount <= Self.maximumBytes else { return nil }
        var reader = ByteReader(payload)
        do {
            number = try reader.read()
            records = try reader.read()
            guard records < .max else { return nil }
            let json = try reader.read(length: reader.remaining).array
            let text = try JSONDecoder().decode(Text.self, from: Data(json))
            guard let result = text.result else { return nil }
            self.result = result
        } catch {
            return nil
        }
    }

    func append(to buffer: inout ByteBuffer) {
        buffer.append(littleEndian: number)
        buffer.append(littleEndian: records)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            [UInt8](try encoder.encode(Text(result))).withBytes { buffer.append($0) }
        } catch {
            preconditionFailure("names and whole numbers are JSON: \(error)")
        }
    }

    /// One member is there, and of a decision its time.
    private struct Text: Codable {
        var change: Change?
        var refusal: CommandRefusal?
        var at: Timestamp?
        var undecided: Undecided?
        var problem: ProblemText?

        init(_ result: Result) {
            switch result {
            case .outcome(.decided(.success(let change), let time)):
                (self.change, at) = (change, time)
            case .outcome(.decided(.failure(let refusal), let time)):
                (self.refusal, at) = (refusal, time)
            case .outcome(.noSpace): undecided = .noSpace
            case .outcome(.clockUnconfirmed): undecided = .clockUnconfirmed
            case .outcome(.handedOver): undecided = .handedOver
            case .failed(let problem): self.problem = ProblemText(problem)
            }
        }

        var result: Result? {
            if let change, let at { return .outcome(.decided(.success(change), at: at)) }
            if let refusal, let at { return .outcome(.decided(.failure(refusal), at: at)) }
            if let problem = problem?.problem { return .failed(problem) }
            return undecided.map { .outcome($0.outcome) }
        }
    }

    private enum Undecided: String, Codable {
        case noSpace, clockUnconfirmed, handedOver

        var outcome: AdministrativeOutcome {
            switch self {
            case .noSpace: .noSpace
            case .clockUnconfirmed: .clockUnconfirmed
            case .handedOver: .handedOver
            }
        }
    }

    private struct ProblemText: Codable {
        let status: UInt16
        let code: String
        let title: String
        let detail: String
        let retryAfterSeconds: Int?

        init(_ problem: Problem) {
            status = problem.status.rawValue
            code = problem.code
            title = problem.title
            detail = problem.detail
            retryAfterSeconds = problem.retryAfterSeconds
        }

        /// Nil where the status is none that is answered here, or the code is no word.
        var problem: Problem? {
            guard let status = HTTPStatus(rawValue: status), !code.isEmpty,
                code.utf8.allSatisfy({ $0 == UInt8(ascii: "_") || (0x61...0x7A).contains($0) }),
                (0...3_600).contains(retryAfterSeconds ?? 0)
            else { return nil }
            return Problem(
                status, code, title, detail, retryAfterSeconds: retryAfterSeconds)
        }
    }
}

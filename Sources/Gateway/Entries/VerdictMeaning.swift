internal import Bytes
internal import Wire

/// What one verdict is answered: its name, its status, its problem and what stands beside it.
///
/// The body of a refusal is written when the row is made, but for what is the operation's own or
/// the moment's: a closed operation may be refused as fast as the wire brings entries. The
/// operation's name stands between ``opening`` and ``rest``, what ``addition`` says follows, and a
/// brace ends it.
final class VerdictMeaning: Sendable {
    let verdict: EntryVerdict
    /// Nil where the answer is about the key, not the entry.
    let name: VerdictName?
    let status: HTTPStatus
    /// Nil where the entry is stored.
    let problem: Problem?
    let addition: Addition
    let retry: Retry
    let opening: ByteBuffer
    let rest: ByteBuffer

    /// Members that are the operation's own, or the moment's.
    enum Addition: Sendable {
        case none
        /// `reasons`, `missing_consents`
        case reasons
        /// `opens`, `closes`
        case dates
        /// `reason`, `until`; the dates and `closes_before_until` where it closes first
        case suspension
        /// `reasons`, `tool`, `challenge`
        case challenge
        /// `ticket`, `position`, `retry_after`, `estimated_at`
        case ticket
    }

    /// When it is worth asking again.
    enum Retry: Equatable, Sendable {
        case never
        case after(seconds: Int)
        case whenOpen, whenResumed, whenCalled
    }

    /// An entry that is stored.
    convenience init(_ verdict: EntryVerdict, _ name: VerdictName, _ status: HTTPStatus) {
        self.init(verdict, name, status, nil)
    }

    /// An entry that is not taken.
    convenience init(
        _ verdict: EntryVerdict, _ name: VerdictName, _ status: HTTPStatus, _ code: String,
        _ title: String, _ detail: String, adding addition: Addition = .none,
        retry: Retry = .never
    ) {
        var seconds: Int?
        if case .after(let after) = retry { seconds = after }
        let problem = Problem(status, code, title, detail, retryAfterSeconds: seconds)
        self.init(verdict, name, status, problem, adding: addition, retry: retry)
    }

    /// An entry that is not taken for what others are refused for as well.
    convenience init(_ verdict: EntryVerdict, _ name: VerdictName?, _ problem: Problem) {
        self.init(
            verdict, name, problem.status, problem,
            retry: problem.retryAfterSeconds.map { .after(seconds: $0) } ?? .never)
    }

    private init(
        _ verdict: EntryVerdict, _ name: VerdictName?, _ status: HTTPStatus, _ problem: Problem?,
        adding addition: Addition = .none, retry: Retry = .never
    ) {
        self.verdict = verdict
        self.name = name
        self.status = status
        self.problem = problem
        self.addition = addition
        self.retry = retry
        var opening = ByteBuffer(capacity: 64)
        if let name {
            opening.append("{\"verdict\":\"" as StaticString)
            opening.append(name.label)
            opening.append("\",\"operation\":\"" as StaticString)
        }
        self.opening = opening
        var rest = ByteBuffer(capacity: 512)
        if let problem {
            rest.append("\"," as StaticString)
            rest.append(problem.members)
        }
        self.rest = rest
    }
}

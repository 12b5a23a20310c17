import AdminClient
import Sockets
import Wire

/// The admin API as commands use it: each failure a ``CommandFailure``, with what to do about it.
struct GatewayClient: Sendable {
    private let api: AdminAPI

    /// - Parameters:
    ///   - address: a URL, or an address and a port.
    ///   - trust: for a listener that speaks TLS.
    /// - Throws: ``CommandFailure`` 78 where the address is neither, or a file is not as it must
    ///   be.
    init(
        _ address: String, token: String, trust: HTTPClient.Trust = HTTPClient.Trust()
    ) throws(CommandFailure) {
        let base: BaseURL
        do throws(BaseURLError) {
            base = try BaseURL(address)
        } catch {
            throw CommandFailure(
                .configuration,
                "--admin must be the URL of an admin listener, such as \(Self.defaultAddress): "
                    + "\"\(printable(address))\" \(printable(error.reason))")
        }
        do throws(TLSFileError) {
            let client = try HTTPClient(
                base, trust: trust, limits: ResponseLimits(bodyBytes: Self.answerBytes))
            api = AdminAPI(client, token: token)
        } catch {
            throw CommandFailure(.configuration, printable("\(error)"))
        }
    }

    /// Seconds that the answer may take of a request that exports all entries first.
    static var exportSeconds: Double { 6 * 3_600 }
    /// Bytes of an answer: a dossier grows with what happened to an operation.
    private static var answerBytes: Int { 256 << 20 }

    static var defaultAddress: String { "http://127.0.0.1:8081" }

    /// Sends a request and waits for the answer.
    /// - Parameters:
    ///   - path: the path's parts, unescaped.
    ///   - query: its parameters, unescaped.
    ///   - body: a JSON object's members.
    ///   - seconds: that the answer may take.
    /// - Throws: ``CommandFailure`` 69 where no gateway answers, or not in time; 74 where its
    ///   answer does not come whole; 1 where it refuses.
    @discardableResult
    func call(
        _ method: String, _ path: [String], query: [(name: String, value: String)] = [],
        _ body: [String: JSONValue]? = nil,
        withinSeconds seconds: Double = AdminAPI.usualSeconds
    ) throws(CommandFailure) -> JSONValue {
        do throws(AdminAPIError) {
            return try api.json(
                method, path, query: query, body.map(JSONValue.object), withinSeconds: seconds)
        } catch {
            throw failure(error)
        }
    }

    /// Asks for an operation.
    /// - Returns: nil if there is none of this name.
    /// - Throws: ``CommandFailure``, as ``call(_:_:query:_:withinSeconds:)``.
    func find(_ path: [String]) throws(CommandFailure) -> JSONValue? {
        do throws(AdminAPIError) {
            return try api.json("GET", path, nil)
        } catch {
            if case .refused(404, let problem) = error.reason,
                problem["code"]?.string == "unknown_operation"
            {
                return nil
            }
            throw failure(error)
        }
    }

    /// Fetches a body of any length, piece by piece.
    /// - Parameter body: gets each piece.
    /// - Throws: ``CommandFailure`` 69 if no gateway answers, 1 if it refuses, 74 if the answer is
    ///   cut; and what `body` throws.
    func stream(
        _ path: [String], query: [(name: String, value: String)] = [], accept: String? = nil,
        language: String? = nil, fields: [(name: StaticString, value: String)] = [],
        _ body: (RawSpan) throws -> Void
    ) throws {
        do {
            try api.stream(
                path, query: query, accept: accept, language: language, fields: fields,
                silentSeconds: Self.silentSeconds, body)
        } catch let error as AdminAPIError {
            throw failure(error)
        } catch let cut as AnswerCut {
            throw CommandFailure(
                .inputOutput,
                printable(
                    "the answer was cut after \(cut.bytes) bytes (\(cut.reason)), so what came is "
                        + "not all: run the command again, and look at the gateway's log if that "
                        + "does not help"))
        }
    }

    /// Seconds without a byte: before the first one, a long journal may have to be read.
    private static var silentSeconds: Double { 600 }

    /// Follows a stream of events, which has no end of its own.
    /// - Parameters:
    ///   - fields: of the request.
    ///   - silentSeconds: without a byte, after which the gateway counts as away.
    ///   - body: gets each piece.
    /// - Returns: why it ended, where it can be asked for again: the gateway ended it, is away, or
    ///   has no room at the moment.
    /// - Throws: ``CommandFailure`` where asking again is of no use; and what `body` throws.
    func follow(
        _ path: [String], query: [(name: String, value: String)],
        fields: [(name: StaticString, value: String)], silentSeconds: Double,
        _ body: (RawSpan) throws -> Void
    ) throws -> CommandFailure {
        do {
            try api.stream(
                path, query: query, accept: "text/event-stream", fields: fields,
                silentSeconds: silentSeconds, body)
        } catch let error as AdminAPIError {
            let failure = failure(error)
            switch error.reason {
            case .refused(429, _), .refused(503, _), .notJSON(500...), .brokenJSON: return failure
            case .noAnswer(.unusable): throw failure
            case .noAnswer: return failure
            case .refused, .notJSON: throw failure
            }
        } catch let cut as AnswerCut {
            return CommandFailure(
                .unreachable, printable("the stream of events was cut (\(cut.reason))"))
        }
        return CommandFailure(.unreachable, "the gateway ended the stream of events")
    }

    // MARK: Failures

    private func failure(_ error: AdminAPIError) -> CommandFailure {
        let base = api.client.base.description
        if error.isPartOfAnAnswer { return Self.partOfAnAnswer(error, from: base) }
        switch error.reason {
        case .refused(let status, let problem):
            return Self.refusal(status, problem, from: base)
        case .notJSON(let status), .brokenJSON(let status):
            return Self.noGateway("status \(status)", at: base)
        case .noAnswer(.late(isSent: true)) where error.isRead:
            return CommandFailure(
                .unreachable,
                "the gateway did not answer in time at \(base); try again, or look whether it is "
                    + "overloaded")
        case .noAnswer(let error): return Self.noAnswer(error, from: base)
        }
    }

    private static func noAnswer(_ error: HTTPClientError, from base: String) -> CommandFailure {
        switch error {
        case .unusable: CommandFailure(.usage, printable("\(error)"))
        case .system: CommandFailure(.inputOutput, printable("\(error)"))
        case .late(isSent: true):
            CommandFailure(
                .unreachable,
                "the gateway did not answer in time; the request may have been carried out: "
                    + "look before you repeat it")
        case .malformed, .unboundedBody, .cut, .tooLarge, .stalled:
            noGateway("\(error)", at: base)
        case .closed where base.hasPrefix("https"):
            // A server that wants a certificate says so last of all, or says nothing.
            unreachable("\(error); it may want a certificate: --certificate, --key", at: base)
        case .closed, .unknownHost, .unreachable, .tls, .late(isSent: false):
            unreachable("\(error)", at: base)
        }
    }

    /// Something answers there, and the answer did not come whole: the address is right.
    private static func partOfAnAnswer(
        _ error: AdminAPIError, from base: String
    ) -> CommandFailure {
        let what =
            if case .noAnswer(let error) = error.reason { "\(error)" } else {
                "the answer is JSON that breaks off or is damaged; something in between may limit "
                    + "answers: try again, then look at the logs"
            }
        let warning =
            error.isRead
            ? "" : "; the request may have been carried out: look before you repeat it"
        return CommandFailure(.inputOutput, printable("\(base): \(what)\(warning)"))
    }

    private static func unreachable(_ reason: String, at base: String) -> CommandFailure {
        CommandFailure(
            .unreachable,
            "no gateway answered at \(base) (\(printable(reason))); start one with "
                + "\"portillon serve\", or say where it is with --admin or PORTILLON_ADMIN")
    }

    private static func noGateway(_ reason: String, at base: String) -> CommandFailure {
        CommandFailure(
            .unreachable,
            "\(base) answers, but not as a gateway's admin listener (\(printable(reason))); "
                + "say where that is with --admin or PORTILLON_ADMIN")
    }

    /// The gateway's refusal (RFC 9457) as a failure, one line for each error in it.
    static func refusal(_ status: Int, _ problem: JSONValue, from address: String) -> CommandFailure
    {
        let detail = problem["detail"]?.string ?? problem["title"]?.string
        if status == 401, problem["code"]?.string == "token_expired", let detail {
            return CommandFailure(.refused, printable(detail))
        }
        if status == 401 {
            return CommandFailure(
                .refused,
                "the gateway rejected the token; name the gateway's data folder with --data, or "
                    + "pass a valid token with --token or PORTILLON_TOKEN")
        }
        if status == 404, problem["code"]?.string == "not_found" {
            return CommandFailure(
                .refused,
                "\(address) has no such path; check that --admin names the admin listener of a "
                    + "gateway of this version")
        }
        let faults = (problem["errors"]?.elements ?? []).map { fault in
            (pointer: fault["pointer"]?.string ?? "", detail: fault["detail"]?.string ?? "")
        }
        var lines = faults.map { printable("  \($0.pointer): \($0.detail)") }
        // A refusal with one error often repeats it as its detail, there with the pointer.
        let isRepeated =
            faults.count == 1
            && (faults[0].detail == detail
                || detail?.hasPrefix("`\(faults[0].pointer)` ") == true)
        if !isRepeated {
            lines.insert(printable(detail ?? "the gateway answered with status \(status)"), at: 0)
        } else {
            lines = [printable("\(faults[0].pointer): \(faults[0].detail)")]
        }
        return CommandFailure(.refused, lines)
    }
}

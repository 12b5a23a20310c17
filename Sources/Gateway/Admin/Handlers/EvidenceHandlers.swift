internal import Bytes
internal import Evidence
internal import Exposition
internal import Ledger
internal import Logging
internal import Projections

/// Dossiers: as JSON, as a page or as text, in the language that is asked for.
struct EvidenceHandlers {
    private let control: Control

    init(_ control: Control) {
        self.control = control
    }

    func dossier(_ call: AdminCall) throws(Problem) -> ControlReply {
        var query = call.queryReader
        let words = Language(&query, call.request)
        try query.finish()
        guard let dossier = dossier(of: call["operation"]) else { throw .unknownOperation }
        let form = DossierPieces.Form(askedBy: call.request)
        let language: [(StaticString, StaticString)] = [("Content-Language", words.tag)]
        let answer = LongAnswer(
            type: form.type, fields: language + (form == .page ? ControlReply.pageFields : []),
            vary: "Accept, Accept-Language, Accept-Encoding",
            producer: DossierBody(DossierPieces(dossier, as: form, words)),
            isPermitted: control.permission(of: call))
        do {
            return try answer.reply(to: call, control)
        } catch {
            throw problem(error, of: call["operation"])
        }
    }

    /// The refusal that tells of an error before the dossier's beginning has gone out: zlib may
    /// lack memory at any piece.
    func problem(_ error: any Error, of id: String) -> Problem {
        if let problem = error as? Problem { return problem }
        control.shared.logger.error(
            "cannot write the dossier", metadata: ["operation": "\(id)", "error": "\(error)"])
        return .dossierFailed
    }

    private func dossier(of id: String) -> Dossier? {
        let state = control.shared.projected
        guard let index = state.catalogue.lastOperationIndex(id) else { return nil }
        return Dossier(index, state.catalogue, state.evidence.records(of: id))
    }
}

extension DossierPieces.Form {
    /// What `Accept` prefers; JSON where it does not say.
    fileprivate init(askedBy request: ControlRequest) {
        let types: [StaticString] = ["application/json", "text/html", "text/plain"]
        let preferred = (request.accept ?? "").withBytes {
            AcceptNegotiation.preferred(of: types, accept: $0)
        }
        self = Self.allCases[preferred]
    }

    fileprivate var type: StaticString {
        switch self {
        case .json: MediaType.json
        case .page: MediaType.html
        case .text: MediaType.text
        }
    }
}

extension Language {
    /// As the routes' queries name it.
    static let parameters = [
        QueryParameter(
            name: "language", shape: .choice(of: Language.self),
            summary: "The language; without it, by Accept-Language."),
        QueryParameter(
            name: "lang", shape: .choice(of: Language.self),
            summary: "The older name of language; the next release has it no more."),
    ]

    /// What `language` in the query says, or else what `Accept-Language` prefers; English where
    /// neither says anything.
    init(_ query: inout QueryReader, _ request: ControlRequest) {
        let words = Language.allCases.map(\.rawValue)
        let asked = query.choice("language", of: words)
        let askedByOlderName = query.choice("lang", of: words)
        self =
            (asked ?? askedByOlderName).flatMap { Language(rawValue: $0) }
            ?? Language(preferredIn: request.acceptLanguage ?? "")
    }

    /// What an `Accept-Language` prefers; English where it says nothing.
    init(preferredIn acceptLanguage: String) {
        let preferred = acceptLanguage.withBytes {
            AcceptNegotiation.preferredLanguage(
                of: Language.allCases.map(\.tag), acceptLanguage: $0)
        }
        self = Language.allCases[preferred]
    }
}

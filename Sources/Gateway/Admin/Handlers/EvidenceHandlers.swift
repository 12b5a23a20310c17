internal import Bytes
internal import Evidence
internal import Exposition
internal import Ledger
internal import Projections

/// Dossiers: as JSON, as a page or as text, in the language that is asked for.
struct EvidenceHandlers {
    private let control: Control

    init(_ control: Control) {
        self.control = control
    }

    func dossier(_ call: AdminCall) throws(Problem) -> ControlReply {
        let words = try Language(askedBy: call.request)
        guard let dossier = dossier(of: call["operation"]) else { throw .unknownOperation }
        let form = DossierPieces.Form(askedBy: call.request)
        let language: [(StaticString, StaticString)] = [("Content-Language", words.tag)]
        let answer = LongAnswer(
            type: form.type, fields: language + (form == .page ? ControlReply.pageFields : []),
            vary: "Accept, Accept-Language, Accept-Encoding",
            producer: DossierBody(DossierPieces(dossier, as: form, words)))
        do {
            return try answer.reply(to: call, control)
        } catch let problem as Problem {
            throw problem
        } catch {
            preconditionFailure("names and whole numbers are JSON: \(error)")
        }
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
    /// What `language` in the query says, or else what `Accept-Language` prefers; English where
    /// neither says anything.
    /// - Throws: ``Problem`` 422 for a language in the query that there is none of.
    init(askedBy request: ControlRequest) throws(Problem) {
        for parameter in request.query.split(separator: "&") {
            let parts = parameter.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0] == "language" else { continue }
            guard let asked = Language(rawValue: parts[1].lowercased()) else {
                let names = Language.allCases.map(\.rawValue).joined(separator: " or ")
                throw .wrongParameter("language", "Must be \(names).")
            }
            self = asked
            return
        }
        self.init(preferredIn: request.acceptLanguage ?? "")
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

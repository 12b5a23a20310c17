import Evidence
import Foundation
import Wire

/// A dossier as it was handed out, JSON or page: its facts, and its words apart from them.
struct GivenDossier {
    let claim: Dossier.Claim
    /// Everything that is proved.
    let facts: JSONValue
    /// What it says of its facts; nil where it says nothing.
    let words: Words?

    enum Words {
        case json(JSONValue)
        /// The whole page.
        case page(String, Language)
    }

    /// - Parameter file: for messages.
    /// - Throws: ``CommandFailure`` 1 for what is no dossier, or none of this version.
    init(_ bytes: [UInt8], of file: String) throws(CommandFailure) {
        let page = bytes.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "<")
        guard page else {
            (claim, facts, words) = try Self.read(bytes, of: file)
            return
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let json = Dossier.facts(inPage: text),
            let language = Dossier.language(ofPage: text)
        else {
            throw CommandFailure(
                .refused,
                "\(file): not a page that can be verified: it does not hold the facts once; give "
                    + "the JSON form, or make the page again")
        }
        (claim, facts, _) = try Self.read(Array(json.utf8), of: file)
        words = .page(text, language)
    }

    private static func read(
        _ json: [UInt8], of file: String
    ) throws(CommandFailure) -> (Dossier.Claim, JSONValue, Words?) {
        let claim: Dossier.Claim
        do {
            claim = try Dossier.Claim(json: json)
        } catch {
            throw CommandFailure(
                .refused, "\(file): not a dossier; give the JSON form, or the page")
        }
        guard claim.format == Dossier.currentFormat else {
            throw CommandFailure(.refused, "\(file): " + unsupported(claim.format))
        }
        // It was decoded, so what is wrong is what only a strict reader refuses.
        guard case .object(var members)? = try? JSONValue(json) else {
            throw CommandFailure(
                .refused, "\(file): not a dossier: a name stands twice, or a number is too large")
        }
        let words = members.removeValue(forKey: "words").map { Words.json($0) }
        return (claim, .object(members), words)
    }

    private static func unsupported(_ format: Int) -> String {
        guard format < Dossier.currentFormat else {
            return "has format \(format), this version knows \(Dossier.currentFormat); verify it "
                + "with the version that made it"
        }
        return "has format \(format), from before the first release, whose sentences were part of "
            + "what is proved; this version proves format \(Dossier.currentFormat). Nothing is "
            + "wrong with the journal: ask for the dossier again (portillon evidence OPERATION) "
            + "and compare the two, or verify it with the version that made it"
    }
}

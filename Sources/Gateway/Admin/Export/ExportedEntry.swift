internal import Bytes
internal import Cryptography
internal import Ledger
internal import Wire

/// What an export has of one entry.
struct ExportedEntry: ~Escapable {
    let entry: EntryRecord
    /// All that the person consented to, required or not, with the SHA-256 of each text.
    let consents: [(consent: String, textDigest: String?)]
    let source: RawSpan
    /// What the person gave.
    let given: RawSpan
    /// Where participant and fields lie in `given`; nil if they are erased.
    let parts: OpenedMessage?
    let keyID: String

    @_lifetime(copy record, copy given)
    init(
        _ entry: EntryRecord, _ record: RawSpan, _ given: RawSpan, _ parts: OpenedMessage?,
        keyID: String
    ) throws(EntryRecordError) {
        self.entry = entry
        consents = try EntryExtensions.consents(in: record.extracting(entry.extensions.range))
        source = record.extracting(entry.source.range)
        self.given = given
        self.parts = parts
        self.keyID = keyID
    }

    /// The digests of the consents' texts, by consent.
    var consentTexts: JSONValue {
        var texts: [String: JSONValue] = [:]
        for consent in consents {
            texts[consent.consent] = consent.textDigest.map(JSONValue.string)
        }
        return .object(texts)
    }
}

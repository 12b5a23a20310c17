internal import Bytes
internal import Evidence
internal import Ledger
internal import Time

/// What the verdict on an entry rests on: the figures, and words that can be told to the person
/// (C22).
struct RobotExplanationView: Encodable {
    let entry: String
    let operation: String
    let at: String
    /// The number of its record.
    let record: UInt64
    /// `participant`, `robot` or `test`.
    let countedAs: String
    /// Of a test entry.
    let permit: String?
    /// That judged; nil where nothing was kept.
    let ruleset: Rules?
    /// Of all layers; nil as above.
    let weight: Double?
    let findings: [Finding]
    let language: Language
    let words: [String]

    struct Rules: Encodable {
        let version: Int
        let digest: String
    }

    struct Finding: Encodable {
        let rule: String
        let layer: Int
        let weight: Double
        /// What a rule of layers 3 and 4 measured, in its unit; nil of the others.
        let observed: Int?
        let tool: String?
        /// nil where this process has not judged by the rule.
        let says: String?
    }

    init(
        _ found: EntrySearch.Found, _ catalogue: Catalogue, _ language: Language,
        _ names: RobotNames.Names
    ) throws(EntryRecordError) {
        let evidence = try Self.evidence(found.extensions)
        entry = "\(found.entry.entry)"
        let command = found.entry.command
        operation = catalogue.operations[Int(command.operation)].id
        permit =
            command.permit < catalogue.permits.count
            ? catalogue.permits[Int(command.permit)].id : nil
        at = found.entry.entry.time.rfc3339
        record = found.record
        countedAs = command.countedAs.name ?? "participant"
        ruleset = evidence.map {
            Rules(version: Int($0.rulesetVersion), digest: $0.digestText)
        }
        weight = evidence.map { Double($0.headWeight &+ $0.behaviourWeight) / 1_000 }
        findings = (evidence?.findings ?? []).map { finding in
            Finding(
                rule: finding.rule, layer: Int(finding.layer),
                weight: Double(finding.weight) / 1_000,
                observed: finding.layer >= 3 ? Int(finding.observed) : nil, tool: finding.tool,
                says: names.says(finding.rule))
        }
        self.language = language
        words =
            RobotExplanation(
                found.entry.entry, countedAs: command.countedAs, permit: permit, evidence, language
            ) { names.says($0) }.paragraphs
    }

    private static func evidence(
        _ extensions: [UInt8]
    ) throws(EntryRecordError) -> RobotEvidenceRecord? {
        let read: Result<RobotEvidenceRecord?, EntryRecordError> = extensions.withBytes { bytes in
            do throws(EntryRecordError) {
                return .success(try EntryExtensions.evidence(in: bytes))
            } catch {
                return .failure(error)
            }
        }
        return try read.get()
    }

    private enum CodingKeys: String, CodingKey {
        case entry, operation, at, record, permit, ruleset, weight, findings, language, words
        case countedAs = "counted_as"
    }
}

extension RobotExplanationView {
    static let shape = Shape.object([
        .required("entry", .text(1...20)), .required("operation", .identifier),
        .required("at", .time), .required("record", .count, "The number of its record."),
        .required("counted_as", .choice(["participant", "robot", "test"])),
        .optional("permit", .identifier, "Of a load test's entry."),
        .optional(
            "ruleset",
            .object([.required("version", .count), .required("digest", .text(16...16))]),
            "That judged; absent where nothing was kept, as for most people."),
        .optional("weight", .number, "Of all layers."),
        .required(
            "findings",
            .array(
                .object([
                    .required("rule", .text(1...LedgerLimits.robotNameBytes)),
                    .required("layer", .integer(1...4)), .required("weight", .number),
                    .optional("observed", .any, "What a rule of layer 3 or 4 measured."),
                    .optional("tool", .text(1...LedgerLimits.robotNameBytes)),
                    .optional("says", .text(1...1_000)),
                ]), maximum: LedgerLimits.evidenceBytes / 8)),
        .required("language", .choice(of: Language.self)),
        .required(
            "words", .array(.text(1...2_000), maximum: LedgerLimits.evidenceBytes / 8 + 8),
            "That can be told to the person (C22)."),
    ])
}

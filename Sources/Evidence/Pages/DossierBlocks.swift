internal import Contract
internal import Ledger
internal import Time

/// A dossier in one language, section after section: what pages are written from.
struct DossierBlocks {
    private let dossier: Dossier
    private let language: Language
    private let words: ItemWords

    init(_ dossier: Dossier, _ language: Language) {
        self.dossier = dossier
        self.language = language
        words = ItemWords(language: language, zone: dossier.zone)
    }

    var sections: [DossierSection<DossierBlock>] {
        let (items, policies) = (dossier.items, self.policies)
        let happened: [DossierSection<DossierBlock>] = [
            DossierSection(policies.count * 2) { index in
                let policy = policies[index / 2]
                return index % 2 == 0
                    ? .paragraph(since(policy))
                    : .table(columns: [say(.setting), say(.value)], rows: values(policy))
            },
            DossierSection { .heading(say(.happened)) },
            DossierSection(items.count) { .item(block(items[$0])) },
        ]
        return beginning.map { block in DossierSection { block } }
            + coincidence.map { block in DossierSection { block } } + happened
            + end.map { block in DossierSection { block } }
    }

    private var beginning: [DossierBlock] {
        [
            .title(say(.title, ["title": dossier.title])), .pairs(header), .heading(say(.summary)),
            .lines(SummaryWords(dossier, language).lines), .heading(say(.declared)), declarations,
            .heading(say(.policy)),
        ]
    }

    private var end: [DossierBlock] {
        [
            .heading(say(.glossary)), .terms(DossierWords.Term.all(language)),
            .heading(say(.verification)), .paragraph(say(.verifyText)),
            .commands([
                "portillon evidence \(dossier.operation) > dossier.json",
                "portillon evidence verify dossier.json DATA",
                "portillon journal verify DATA",
            ]),
            .paragraph(say(.verifyWords)),
        ]
    }

    /// Minutes of robots in which the platform was not calm (C6); nothing without any.
    private var coincidence: [DossierBlock] {
        let rows: [[String]] = dossier.items.compactMap { item in
            guard let minute = item.robots, !item.platform.isEmpty else { return nil }
            return [
                time(minute.since), language.number(minute.attempts),
                language.number(minute.robots), language.number(minute.refused),
                language.number(minute.tests),
                words.tools(minute), words.levels(item.platform), record(item.place.sequence),
            ]
        }
        guard !rows.isEmpty else { return [] }
        return [
            .heading(say(.coincidence)),
            .table(
                columns: [
                    say(.minute), say(.came), say(.robots), say(.refused), say(.tests),
                    language.text(RobotPhrase.tools), say(.platform), say(.record),
                ], rows: rows),
        ]
    }

    private func say(_ phrase: PagePhrase, _ values: [String: String] = [:]) -> String {
        language.text(phrase, values)
    }

    private func time(_ time: Timestamp) -> String { language.time(time, in: dossier.zone) }

    private func record(_ number: UInt64) -> String { language.number(Int(clamping: number)) }

    private func truth(_ value: Bool) -> String {
        value ? language.truth.yes : language.truth.no
    }

    private var header: [(name: String, value: String)] {
        let client =
            dossier.clientName == dossier.client
            ? dossier.client : "\(dossier.clientName) (\(dossier.client))"
        return [
            (say(.operation), "\(dossier.title) (\(dossier.operation))"), (say(.client), client),
            (say(.state), language.term(dossier.state)), (say(.timeZone), dossier.zone.name),
            (say(.cover), language.quantity(Int(dossier.cover), .participants)),
            (say(.crossedAt), dossier.crossedAt.map { time($0) } ?? say(.no)),
            (
                say(.asOf),
                say(
                    .asOfRecord,
                    [
                        "time": time(dossier.asOf.at), "record": record(dossier.asOf.sequence),
                    ])
            ),
        ]
    }

    // MARK: Declarations

    private var declarations: DossierBlock {
        guard !dossier.declarations.isEmpty else { return .paragraph(say(.nothingDeclared)) }
        return .table(
            columns: [
                say(.kind), say(.allows), say(.declaredAt), say(.starts), say(.ends),
                say(.counted), say(.record),
            ],
            rows: dossier.declarations.map { row($0) })
    }

    private func row(_ declared: DeclaredFact) -> [String] {
        let unit: Unit = declared.kind == .notice ? .participants : .recipients
        let campaign = declared.campaign
        let kind = campaign.map { campaign in
            let channel = language.term(campaign.declaration.channel.rawValue)
            return say(.campaign, ["campaign": campaign.id, "channel": channel])
        }
        return [
            kind ?? say(.notice), language.quantity(Int(declared.allows), unit),
            time(declared.declaredAt), campaign.map { time($0.declaration.starts) } ?? "",
            campaign?.declaration.ends.map { time($0) } ?? "", counted(declared),
            declared.record.map { record($0) } ?? "",
        ]
    }

    /// Yes; or no, and why.
    private func counted(_ declared: DeclaredFact) -> String {
        guard !declared.counts, let campaign = declared.campaign else {
            return truth(declared.counts)
        }
        var reasons: [String] = []
        if campaign.isLate { reasons.append(say(.lateStart)) }
        if campaign.isBelated { reasons.append(say(.beyondCover)) }
        if let withdrawn = campaign.withdrawnAt {
            reasons.append(say(.withdrawn, ["time": time(withdrawn)]))
        }
        return "\(truth(false)) (\(reasons.joined(separator: ", ")))"
    }

    // MARK: The policy

    /// Those that were in force while there was an operation.
    private var policies: [PolicyInForce] {
        let first = dossier.items.first { $0.isCreation }?.place.sequence ?? 0
        let atFirst = dossier.policies.lastIndex { ($0.record ?? 0) <= first } ?? 0
        return Array(dossier.policies[atFirst...])
    }

    private func since(_ policy: PolicyInForce) -> String {
        guard let number = policy.record, let since = policy.since else {
            return say(.policyDefault)
        }
        return say(.policySince, ["time": time(since), "record": record(number)])
    }

    private func values(_ policy: PolicyInForce) -> [[String]] {
        Policy.settings.compactMap { setting in
            guard let phrase = PolicyPhrase(rawValue: setting.name) else { return nil }
            let value = policy.values[keyPath: setting.path]
            return [language.text(phrase), language.quantity(value, phrase.unit)]
        }
    }

    // MARK: Items

    private func block(_ item: DossierItem) -> DossierBlock.Item {
        let values = [
            "time": time(item.place.at), "record": record(item.place.sequence),
            "by": language.author(item.by),
        ]
        return DossierBlock.Item(
            text: words.sentence(item), place: say(.place, values), chain: item.place.chain,
            columns: [
                say(.figure), say(.measured), say(.limit), say(.met), say(.limitFrom),
            ],
            figures: item.findings.map { row($0) })
    }

    private func row(_ finding: Finding) -> [String] {
        [
            language.text(finding.figure), words.value(finding), words.limit(finding) ?? "",
            finding.isMet.map { truth($0) } ?? "",
            finding.limitFrom.map { language.text($0) } ?? "",
        ]
    }
}

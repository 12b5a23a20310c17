internal import Contract
internal import Ledger
internal import Time

/// Sentences about records, in one language.
struct ItemWords {
    let language: Language
    let zone: Zone

    /// What a record says, in one or a few sentences.
    func sentence(_ item: DossierItem) -> String {
        let sentence: String
        switch item.record {
        case .command(.operation(let command)): sentence = self.sentence(command, item)
        case .command(.client(let command)): sentence = self.sentence(command)
        case .command(.access(let command)): sentence = self.sentence(command)
        case .command(.contract(let command)): sentence = self.sentence(command)
        case .command(.person(let command)): sentence = self.sentence(command)
        case .command(.permit(let command)): sentence = self.sentence(command)
        case .command(.fact(let fact)):
            sentence = self.sentence(fact) + self.platform(item.platform)
        // About no operation, so in no dossier.
        case .command(let command): sentence = command.sentence
        case .event(let event): sentence = self.sentence(event)
        }
        return item.counts == false ? sentence + " " + say(.doesNotCount) : sentence
    }

    func say(_ phrase: EventPhrase, _ values: [String: String] = [:]) -> String {
        language.text(phrase, values)
    }

    func time(_ time: Timestamp) -> String { language.time(time, in: zone) }

    private func participants(_ count: UInt32) -> String {
        language.quantity(Int(count), .participants)
    }

    /// A space and the note; nothing without one.
    func note(_ note: String?) -> String {
        note.map { " " + say(.note, ["note": $0]) } ?? ""
    }

    // MARK: Commands

    private func sentence(_ command: OperationCommand, _ item: DossierItem) -> String {
        switch command {
        case .put(_, let settings, _):
            say(
                item.isCreation ? .created : .changed,
                [
                    "title": settings.title, "rule": language.term(settings.rule.rawValue),
                    "policy": language.term(settings.policy.rawValue), "zone": settings.timeZone,
                ]) + onePerson(settings)
        case .open(_, let note): say(.opened) + self.note(note)
        case .close(_, let note): say(.closed) + self.note(note)
        case .suspend: command.order.map { suspension($0, of: .operation) } ?? ""
        case .resume(_, let note, let confirm):
            say(confirm == nil ? .resumed : .resumedConfirmed) + self.note(note)
        case .setPace(_, let perSecond, let note):
            (perSecond.map { say(.paceSet, ["pace": pace($0)]) } ?? say(.paceRemoved))
                + self.note(note)
        case .reset(_, _, let export): say(.reset, ["export": self.export(export)])
        case .delete(_, let export): say(.deleted, ["export": self.export(export)])
        }
    }

    /// A space and a sentence each for what counts as one person, and how many there may be;
    /// nothing of an operation that says nothing of it.
    private func onePerson(_ settings: OperationSettings) -> String {
        var sentences: [String] = []
        switch settings.identity {
        case .opaque: break
        case .email: sentences.append(say(.byEmail))
        case .phone: sentences.append(say(.byPhone, ["country": settings.country ?? ""]))
        }
        if let key = settings.secondKey {
            let entries = language.quantity(Int(key.limit), .entries)
            sentences.append(say(.secondKey, ["entries": entries, "name": key.name]))
        }
        switch settings.cap {
        case .participants(let maximum):
            sentences.append(say(.cappedParticipants, ["participants": participants(maximum)]))
        case .entries(let maximum):
            let entries = language.quantity(Int(clamping: maximum), .entries)
            sentences.append(say(.cappedEntries, ["entries": entries]))
        case nil: break
        }
        return sentences.map { " " + $0 }.joined()
    }

    private func export(_ export: ExportReceipt) -> String {
        say(
            .exported,
            [
                "entries": language.quantity(Int(clamping: export.entries), .entries),
                "participants": participants(export.participants), "file": export.file,
                "sha256": export.sha256,
            ])
    }

    func pace(_ perSecond: UInt32) -> String {
        language.quantity(Int(perSecond), .entriesPerSecond)
    }

    private func sentence(_ command: AccessCommand) -> String {
        switch command {
        case .addKey(_, let key, _, .browser): say(.keyAdded, ["key": key])
        case .addKey(_, let key, _, .server): say(.serverKeyAdded, ["key": key])
        case .revokeKey(let key, let reason, let declared):
            say(.keyRevoked, ["key": key, "reason": language.term(reason.rawValue)])
                + declaration(declared)
        case .suspectKey(let key, let note):
            say(.keySuspected, ["key": key]) + self.note(note)
        case .addToken(let token, let holder, _, let expires):
            say(
                .tokenAdded,
                [
                    "token": token, "holder": language.author(holder), "expires": time(expires),
                ])
        case .renewToken(let token, let renewal):
            say(
                .tokenRenewed,
                [
                    "token": token, "successor": renewal.tokenID,
                    "expires": time(renewal.expires), "until": time(renewal.overlapUntil),
                ])
        case .revokeToken(let token, let reason, let declared):
            say(.tokenRevoked, ["token": token, "reason": language.term(reason.rawValue)])
                + declaration(declared)
        case .suspectToken(let token, let note):
            say(.tokenSuspected, ["token": token]) + self.note(note)
        }
    }

    /// A space and since when a key or token was declared lost, stolen or replaced; nothing where
    /// the declaration came with the revocation.
    private func declaration(_ declared: Timestamp?) -> String {
        declared.map { " " + say(.declaredAt, ["time": time($0)]) } ?? ""
    }

    private func sentence(_ command: PersonCommand) -> String {
        switch command {
        case .export(let trace):
            let record = language.number(Int(clamping: trace.lastRecord))
            return say(.handedOut, ["record": record, "format": trace.format.uppercased()])
        }
    }

    private func sentence(_ command: ContractCommand) -> String {
        switch command {
        case .putClient(let id, let name): say(.clientNamed, ["client": id, "name": name])
        case .giveNotice(_, let expected, let note):
            say(.noticeGiven, ["participants": participants(expected)]) + self.note(note)
        case .withdrawNotice(_, let note): say(.noticeWithdrawn) + self.note(note)
        case .declareCampaign(_, let campaign, let declaration):
            say(
                .campaignDeclared,
                [
                    "campaign": campaign, "channel": language.term(declaration.channel.rawValue),
                    "recipients": language.quantity(Int(declaration.recipients), .recipients),
                    "starts": time(declaration.starts),
                    "end": declaration.ends.map { say(.until, ["ends": time($0)]) } ?? "",
                ]) + self.note(declaration.note)
        case .withdrawCampaign(_, let campaign, let note):
            say(.campaignWithdrawn, ["campaign": campaign]) + self.note(note)
        case .setPolicy(let policy): say(.policySet) + " " + rules(policy)
        }
    }

    private func rules(_ policy: Policy) -> String {
        say(
            .policyRules,
            [
                "share": language.quantity(policy.sharePermille, .permille),
                "after": language.quantity(policy.suspendAfterSeconds, .seconds),
                "length": language.quantity(policy.suspensionSeconds, .seconds),
            ])
    }

    private func sentence(_ fact: Fact) -> String {
        switch fact {
        case .started(let version, let policy, let calendar):
            let start =
                policy.map { say(.startedWithPolicy, ["version": version]) + " " + rules($0) }
                ?? say(.started, ["version": version])
            return start + (calendar.map { " " + self.calendar($0) } ?? "")
        case .measured: return say(.measured)
        case .unknownSource(let surge):
            return say(
                .unknownSource,
                [
                    "source": surge.source, "entries": language.quantity(surge.entries, .entries),
                    "window": language.quantity(surge.windowSeconds, .seconds),
                    "share": language.quantity(surge.permille, .permille),
                ]) + together(surge)
        case .rise(let rise):
            return say(
                .rise,
                [
                    "entries": language.quantity(rise.entries, .entries),
                    "window": language.quantity(rise.windowSeconds, .seconds),
                ])
        case .answered(let answered):
            return say(
                .answered,
                [
                    "state": language.term(answered.state.rawValue), "since": time(answered.since),
                    "until": time(answered.until), "answers": answers([answered]),
                ])
        case .robots(let minute): return sentence(minute)
        case .queue: return say(.queueRecorded)
        // In no dossier.
        case .probeMinute, .lostMinute, .notAccepted, .level: return fact.sentence
        case .draw(let draw):
            let places = language.number(Int(draw.draw.registered))
            guard let shuffle = draw.draw.shuffle else {
                return say(.placesGiven, ["places": places])
            }
            return say(.placesShuffled, ["places": places, "seed": "\(shuffle.seed)"])
        }
    }

    /// What all undeclared tags brought, where there are several.
    private func together(_ surge: UnknownSource) -> String {
        guard surge.undeclaredEntries > surge.entries else { return "" }
        let entries = language.quantity(surge.undeclaredEntries, .entries)
        return " " + say(.undeclaredTogether, ["entries": entries])
    }

    /// `accepted: 12, refused by the suspension: 3`, over all of them.
    func answers(_ answered: [AnsweredEntries]) -> String {
        var parts: [String] = []
        for verdict in AnsweredEntries.verdicts {
            let count = answered.reduce(0) { $0 + $1[keyPath: verdict.count] }
            guard count > 0, let phrase = VerdictPhrase(rawValue: verdict.name) else { continue }
            parts.append(
                language.text(phrase) + "\(language.colonSpace): " + language.number(count))
        }
        return parts.joined(separator: ", ")
    }

    // MARK: Events

    private func sentence(_ event: LedgerEvent) -> String {
        switch event {
        case .coverNear(_, let participants, let cover):
            say(
                .coverNear,
                [
                    "participants": self.participants(participants),
                    "cover": self.participants(cover),
                ])
        case .coverCrossed(_, let participants, let cover):
            say(
                .coverCrossed,
                [
                    "participants": self.participants(participants),
                    "cover": self.participants(cover),
                ])
        case .clientCrossed(let crossing): say(.clientCrossed, values(of: crossing))
        case .clientWithin(let crossing): say(.clientWithin, values(of: crossing))
        case .suspensionEnded(_, let ground, let until):
            say(
                .suspensionEnded,
                ["ground": language.term(ground.rawValue), "until": time(until)])
        case .clientSuspensionEnded(_, let ground, let until):
            say(
                .clientSuspensionEnded,
                ["ground": language.term(ground.rawValue), "until": time(until)])
        case .step(let step): sentence(step)
        case .incidentOverdue, .forceMajeureLasting: event.sentence
        }
    }

    private func values(of crossing: ClientCrossing) -> [String: String] {
        func participants(_ count: UInt64) -> String {
            language.quantity(Int(clamping: count), .participants)
        }
        return [
            "client": crossing.client, "participants": participants(crossing.participants),
            "cover": participants(crossing.cover),
        ]
    }

    /// The notices that a step found missing, beside its own cover's: a sentence each.
    func missing(_ step: LadderStep) -> String {
        (step.missing ?? []).map { notice in
            let unit: Unit = notice.kind == .client ? .participants : .entries
            let values = [
                "since": time(notice.since), "source": notice.source ?? "",
                "count": language.quantity(notice.count ?? 0, unit),
                "allowed": language.quantity(notice.allowed, unit),
                "window": language.quantity(notice.windowSeconds ?? 0, .seconds),
            ]
            return switch notice.kind {
            case .cover: ""
            case .client: " " + say(.missingClient, values)
            case .campaign: " " + say(.missingCampaign, values)
            case .rise: " " + say(.missingRise, values)
            }
        }.joined()
    }

    private func sentence(_ step: LadderStep) -> String {
        var text = measure(step)
        if !step.isEnforced { text = say(.advised, ["text": text]) }
        if step.cause == .refusing { text += " " + say(.refusingStrains) }
        if step.kind != .resume {
            let crossed = step.crossedAt.map { say(.crossed, ["time": time($0)]) } ?? ""
            text +=
                " "
                + say(
                    .circumstances,
                    [
                        "participants": participants(step.participants),
                        "cover": participants(step.cover), "crossed": crossed,
                    ]) + missing(step)
        }
        if let report = step.report {
            text += " " + say(.level, ["level": language.term("\(report.level.name)")])
        }
        if let capacity = step.capacityPerSecond {
            let value = language.quantity(capacity, .entriesPerSecond)
            text += " " + say(.capacity, ["capacity": value])
        }
        if let stage = step.report?.stage {
            text += " " + say(.limitedBy, ["stage": language.term(stage.rawValue)])
        }
        if let nodes = step.report?.nodes {
            text += " " + say(.nodes, ["count": "\(nodes)"])
        }
        return text
    }

    /// The measure alone.
    func measure(_ step: LadderStep) -> String {
        switch step.kind {
        case .smooth:
            say(
                step.isForFairness ? .smoothedToFairShare : .smoothed,
                ["pace": pace(step.perSecond ?? 0), "rule": step.rule])
        case .suspend:
            say(
                .stepSuspended,
                ["until": step.until.map { time($0) } ?? "", "rule": step.rule])
        case .resume:
            say(step.reason == .calm ? .resumedCalm : .resumedExpired, ["rule": step.rule])
        }
    }

    // MARK: Figures

    /// `mean wait of an entry: 812 ms over 10 s; the limit in force was 250 ms`.
    func sentence(_ finding: Finding) -> String {
        var text = language.text(finding.figure) + "\(language.colonSpace): " + value(finding)
        if let relation = finding.relation, let limit = limit(finding) {
            text += "\(language.semicolonSpace); " + language.text(relation, ["limit": limit])
        }
        return text
    }

    /// What was measured, over what, and what it was in calm.
    func value(_ finding: Finding) -> String {
        guard let value = finding.value else { return language.text(PagePhrase.notOnRecord) }
        var text = language.quantity(value, finding.unit)
        if let window = finding.windowMilliseconds {
            text = language.text(PagePhrase.over, ["value": text, "window": self.window(window)])
        }
        if let before = finding.before {
            let calm = language.quantity(before, finding.unit)
            text = language.text(PagePhrase.before, ["value": text, "before": calm])
        }
        return text
    }

    func limit(_ finding: Finding) -> String? {
        finding.limit.map { language.quantity($0, finding.unit) }
    }

    /// Milliseconds as seconds, with a decimal where there is one.
    func window(_ milliseconds: Int) -> String {
        language.tenths(milliseconds / 100) + language.unitSpace + "s"
    }
}

extension CohortDetector {
    /// A head of fewer participants shows nothing of what they have in common.
    private static let fewestMembers = 12.0
    /// Shorter `fields` are alike in everybody: `{}`, `{"a":1}`.
    private static let shortestFields: UInt32 = 12

    /// What entries of this head have more often than others: the pattern of their participants,
    /// their domain, their form's contents, the time for it.
    mutating func addLikeness(
        _ entry: EntryTraits, _ keys: CohortKeys, _ moment: Moment, head: CohortCell,
        to findings: inout BehaviourFindings
    ) {
        addLift(
            .pattern, keys.pattern, keys.headPattern, share: 0.15, moment, head, to: &findings)
        if entry.shape.lastWord != 0 {
            addLift(
                .letters, keys.letters, keys.headLetters,
                share: Self.consonantShare(entry.shape.consonants), moment, head, to: &findings)
        }
        if entry.shape.domain != 0 {
            addLift(.domain, keys.domain, keys.headDomain, share: 0.3, moment, head, to: &findings)
        }
        if entry.fieldsBytes >= Self.shortestFields {
            addLift(.fields, keys.fields, keys.headFields, share: 0.2, moment, head, to: &findings)
        }
        if entry.formMilliseconds > 0 {
            addLift(.formTime, keys.form, keys.headForm, share: 0.15, moment, head, to: &findings)
        }
    }

    /// How many people's strings have so long a run of consonants as their longest.
    private static func consonantShare(_ consonants: UInt8) -> Double {
        switch consonants {
        case ...3: 0.9
        case 4: 0.07
        case 5: 0.02
        default: 0.01
        }
    }

    /// - Parameter share: how likely a rule takes it for before it has seen others.
    private mutating func addLift(
        _ rule: BehaviourRule, _ key: UInt64, _ headKey: UInt64, share: Double, _ moment: Moment,
        _ head: CohortCell, to findings: inout BehaviourFindings
    ) {
        let all = counts.count(key, epoch: moment.epoch, isCounted: moment.isCounted)
        let inside = counts.count(headKey, epoch: moment.epoch, isCounted: moment.isCounted)
        let members = Double(head.count)
        guard members >= Self.fewestMembers else { return }
        let lift = Lift(
            inside: inside, of: members, all: all, of: moment.people,
            prior: Lift.Prior(share: share, weight: 30))
        findings.add(rule, bits: lift.bits, observed: lift.percent)
    }
}

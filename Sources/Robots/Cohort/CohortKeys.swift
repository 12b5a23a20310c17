/// The keys of an entry in the tables of layer 4: of what it has, and of what it has together with
/// its head.
struct CohortKeys {
    let head: UInt64
    let stem: UInt64
    let headStem: UInt64
    let pattern: UInt64
    let headPattern: UInt64
    let letters: UInt64
    let headLetters: UInt64
    let domain: UInt64
    let headDomain: UInt64
    let fields: UInt64
    let headFields: UInt64
    let form: UInt64
    let headForm: UInt64
    /// Of head and pattern, as a cohort.
    let cohort: UInt64
    let firstWord: UInt64
    let cohortFirstWord: UInt64
    let lastWord: UInt64
    let cohortLastWord: UInt64
    /// 0 if the network is unknown.
    let network: UInt64
    let headNetwork: UInt64
    let addressPlace: UInt64

    /// What is looked at; the values stand in no record.
    private enum Kind {
        static let head: UInt64 = 16
        static let stem: UInt64 = 17
        static let pattern: UInt64 = 18
        static let domain: UInt64 = 19
        static let fields: UInt64 = 20
        static let form: UInt64 = 21
        static let cohort: UInt64 = 22
        static let firstWord: UInt64 = 23
        static let lastWord: UInt64 = 24
        static let network: UInt64 = 25
        static let letters: UInt64 = 26
    }

    init(_ entry: EntryTraits, mixer: KeyMixer) {
        let scope = mixer.scope(operation: entry.operation)
        let shape = entry.shape
        let headValue = UInt64(entry.head) | UInt64(entry.clientHello) << 32
        head = mixer.key(Kind.head, scope, headValue)
        stem = mixer.key(Kind.stem, scope, UInt64(shape.stem))
        headStem = mixer.key(Kind.stem, head, UInt64(shape.stem))
        pattern = mixer.key(Kind.pattern, scope, UInt64(shape.pattern))
        headPattern = mixer.key(Kind.pattern, head, UInt64(shape.pattern))
        // Runs of up to three are as good as none.
        let consonants = UInt64(max(shape.consonants, 3))
        letters = mixer.key(Kind.letters, scope, consonants)
        headLetters = mixer.key(Kind.letters, head, consonants)
        domain = mixer.key(Kind.domain, scope, UInt64(shape.domain))
        headDomain = mixer.key(Kind.domain, head, UInt64(shape.domain))
        let fieldsValue = UInt64(entry.fields) | UInt64(entry.fieldsBytes) << 32
        fields = mixer.key(Kind.fields, scope, fieldsValue)
        headFields = mixer.key(Kind.fields, head, fieldsValue)
        let formClass = Self.formClass(entry.formMilliseconds)
        form = mixer.key(Kind.form, scope, formClass)
        headForm = mixer.key(Kind.form, head, formClass)
        cohort = mixer.key(Kind.cohort, head, UInt64(shape.pattern))
        firstWord = mixer.key(Kind.firstWord, scope, UInt64(shape.firstWord))
        cohortFirstWord = mixer.key(Kind.firstWord, cohort, UInt64(shape.firstWord))
        lastWord = mixer.key(Kind.lastWord, scope, UInt64(shape.lastWord))
        cohortLastWord = mixer.key(Kind.lastWord, cohort, UInt64(shape.lastWord))
        network = entry.network == 0 ? 0 : mixer.key(Kind.network, scope, UInt64(entry.network))
        headNetwork = mixer.key(Kind.network, head, UInt64(entry.network))
        addressPlace = mixer.key(Kind.network, headNetwork, entry.address) >> 40
    }

    /// Half octaves: 1.0 to 1.4 s, 1.4 to 2 s and so on.
    private static func formClass(_ milliseconds: UInt32) -> UInt64 {
        guard milliseconds > 0 else { return 0 }
        let square = UInt64(milliseconds) * UInt64(milliseconds)
        return UInt64(64 - square.leadingZeroBitCount)
    }
}

/// The keys of what an entry may have in common with others of its head: each by itself, and
/// together with the head.
struct LikenessKeys {
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
    let network: UInt64

    private typealias Kind = CohortKeys.Kind

    @inline(__always)
    init(_ entry: EntryTraits, _ keys: CohortKeys, mixer: KeyMixer) {
        let scope = keys.scope
        let head = keys.head
        let shape = entry.shape
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
        network = mixer.key(Kind.network, scope, UInt64(entry.network))
    }

    /// Half octaves: 1.0 to 1.4 s, 1.4 to 2 s and so on; 0 for a time that is not known.
    private static func formClass(_ milliseconds: UInt32) -> UInt64 {
        guard milliseconds > 0 else { return 0 }
        let square = UInt64(milliseconds) * UInt64(milliseconds)
        return UInt64(64 - square.leadingZeroBitCount)
    }
}

/// The keys of what an entry may have in common with others of its head, beside its pattern and its
/// network: each by itself, and together with the head.
struct LikenessKeys {
    let letters: UInt64
    let headLetters: UInt64
    let domain: UInt64
    let headDomain: UInt64
    let fields: UInt64
    let headFields: UInt64
    let form: UInt64
    let headForm: UInt64

    private typealias Kind = CohortKeys.Kind

    @inline(__always)
    init(_ entry: EntryTraits, _ keys: CohortKeys, mixer: KeyMixer) {
        let scope = keys.scope
        let head = keys.head
        let shape = entry.shape
        // Runs of up to three are as good as none.
        letters = mixer.key(Kind.letters, scope, UInt64(max(shape.consonants, 3)))
        headLetters = letters &+ head
        domain = mixer.key(Kind.domain, scope, UInt64(shape.domain))
        headDomain = domain &+ head
        let fieldsValue = UInt64(entry.fields) | UInt64(entry.fieldsBytes) << 32
        fields = mixer.key(Kind.fields, scope, fieldsValue)
        headFields = fields &+ head
        form = mixer.key(Kind.form, scope, Self.formClass(entry.formMilliseconds))
        headForm = form &+ head
    }

    /// Half octaves: 1.0 to 1.4 s, 1.4 to 2 s and so on; 0 for a time that is not known.
    private static func formClass(_ milliseconds: UInt32) -> UInt64 {
        guard milliseconds > 0 else { return 0 }
        let square = UInt64(milliseconds) * UInt64(milliseconds)
        return UInt64(64 - square.leadingZeroBitCount)
    }
}

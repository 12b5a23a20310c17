/// The keys of an entry in the tables of layer 4 that every entry of a new participant asks.
struct CohortKeys {
    /// Of the operation.
    let scope: UInt64
    let head: UInt64
    let pattern: UInt64
    /// Of head and pattern.
    let cohort: UInt64
    let stem: UInt64
    let network: UInt64
    let headNetwork: UInt64
    let word: UInt64
    /// Of the last word within head and pattern.
    let cohortWord: UInt64
    /// In the same line of the sketch, of a word that nobody has.
    let noCohortWord: UInt64
    /// The participant is one of those whose likeness is counted.
    let isSampled: Bool
    /// There is a last word.
    let hasWord: Bool

    /// What is looked at; the values stand in no record.
    enum Kind {
        static let head: UInt64 = 16
        static let stem: UInt64 = 17
        static let pattern: UInt64 = 18
        static let domain: UInt64 = 19
        static let fields: UInt64 = 20
        static let form: UInt64 = 21
        static let word: UInt64 = 23
        static let network: UInt64 = 25
        static let letters: UInt64 = 26
    }

    /// - Parameters:
    ///   - scope: ``KeyMixer/scope(operation:)`` of the entry's.
    ///   - person: ``RhythmKeys/person``.
    @inline(__always)
    init(_ entry: EntryTraits, scope: UInt64, person: UInt64, mixer: KeyMixer) {
        self.scope = scope
        let shape = entry.shape
        let headValue = UInt64(entry.head) | UInt64(entry.clientHello) << 32
        head = mixer.key(Kind.head, scope, headValue)
        pattern = mixer.key(Kind.pattern, scope, UInt64(shape.pattern))
        stem = mixer.key(Kind.stem, scope, UInt64(shape.stem))
        network = mixer.key(Kind.network, scope, UInt64(entry.network))
        word = mixer.key(Kind.word, scope, UInt64(shape.lastWord))
        cohort = pattern &+ head
        headNetwork = network &+ head
        cohortWord = word &+ cohort
        noCohortWord = cohortWord ^ CountSketch.places(of: person)
        isSampled = (person >> 40) & CohortDetector.sampleMask == 0
        hasWord = shape.lastWord != 0
    }
}

/// The keys of an entry in the table of rhythms.
struct RhythmKeys {
    let person: UInt64
    let address: UInt64
    let frontEnd: UInt64
    /// With the head: a proxy that keeps connections puts many browsers on one.
    let session: UInt64

    /// Which key of the table; the values stand in no record.
    private enum Kind {
        static let address: UInt64 = 1
        static let session: UInt64 = 2
        static let participant: UInt64 = 3
        static let frontEnd: UInt64 = 4
    }

    init(_ entry: EntryTraits, mixer: KeyMixer) {
        let scope = mixer.scope(operation: entry.operation)
        person = mixer.key(Kind.participant, scope, entry.participant)
        address = mixer.key(Kind.address, scope, entry.address)
        frontEnd = mixer.key(Kind.frontEnd, scope, UInt64(entry.key))
        session = mixer.key(Kind.session, scope &+ UInt64(entry.head), entry.session)
    }
}

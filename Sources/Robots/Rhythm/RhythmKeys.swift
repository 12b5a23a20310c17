/// The keys of an entry in the table of rhythms.
struct RhythmKeys {
    let person: UInt64
    let address: UInt64
    let frontEnd: UInt64
    /// With the head: a proxy that keeps connections puts many browsers on one. In the address's
    /// bucket, whose memory is at hand: nearly all connections are new.
    let session: UInt64

    /// Which key of the table; the values stand in no record.
    private enum Kind {
        static let address: UInt64 = 1
        static let session: UInt64 = 2
        static let participant: UInt64 = 3
        static let frontEnd: UInt64 = 4
    }

    /// - Parameter scope: ``KeyMixer/scope(operation:)`` of the entry's.
    @inline(__always)
    init(_ entry: EntryTraits, scope: UInt64, mixer: KeyMixer) {
        person = mixer.key(Kind.participant, scope, entry.participant)
        address = mixer.key(Kind.address, scope, entry.address)
        frontEnd = mixer.key(Kind.frontEnd, scope, UInt64(entry.key))
        let own = mixer.key(Kind.session, scope &+ UInt64(entry.head), entry.session)
        let bucket: UInt64 = 0xFFFF_FFFF
        session = entry.address == 0 ? own : own & ~bucket | address & bucket
    }
}

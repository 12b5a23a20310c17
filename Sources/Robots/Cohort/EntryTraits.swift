/// What layers 3 and 4 see of an entry: 80 bytes, nothing that says who somebody is.
///
/// A worker fills it from the request. Where 0 stands for "unknown", the rules that would look at
/// it stay silent.
package struct EntryTraits: BitwiseCopyable, Sendable {
    /// Keyed hash of the address: of all of an IPv4 address, of an IPv6 address's first 64 bits,
    /// which one household or host has.
    package var address: UInt64 = 0
    /// Keyed hash of the connection; 0 behind a proxy, which puts many people on one.
    package var session: UInt64 = 0
    /// Keyed hash of the participant, as the ledger has it.
    package var participant: UInt64 = 0
    /// Index of the operation.
    package var operation: UInt32 = 0
    /// Index of the front-end key.
    package var key: UInt32 = 0
    /// Hash of the network: of an IPv4 address's first 24 bits, of an IPv6 address's first 48.
    package var network: UInt32 = 0
    /// Hash of the request's head: the header names in their order and case, and the values that
    /// belong to a browser and not to the entry (`User-Agent`, `Accept…`, `Sec-CH-…`). Behind a
    /// proxy, of the values alone.
    package var head: UInt32 = 0
    /// Hash of what the client's program sends in each TLS handshake; 0 where somebody else ends
    /// TLS.
    package var clientHello: UInt32 = 0
    /// Hash of the bytes of `fields` as they came; 0 without them.
    package var fields: UInt32 = 0
    /// Length of the bytes of `fields`.
    package var fieldsBytes: UInt32 = 0
    /// Time between the connection's first request for this entry (the operation, a challenge, a
    /// preflight) and the entry, in milliseconds; 0 where there was none, or a proxy's connection
    /// carries many people.
    package var formMilliseconds: UInt32 = 0
    /// The entry carries a ticket: it was noted when it first came, and the moment is the queue's
    /// choice. It is looked at again, and adds nothing.
    package var isReturning = false
    package var shape = ParticipantShape()

    /// A server sent it for somebody: neither head nor address is the participant's, and a head
    /// that all have makes no cohort.
    var isRelayed: Bool { head == 0 && address == 0 }

    package init(operation: UInt32, key: UInt32, address: UInt64, participant: UInt64) {
        self.operation = operation
        self.key = key
        self.address = address
        self.participant = participant
    }
}

/// How much of everything the ledger takes; what each bounds is at the limit's name.
///
/// They are constants and not settings: a command that was accepted under one limit must be
/// accepted again when the log is replayed, on any machine.
@usableFromInline
package enum LedgerLimits {
    package static var clients: Int { 1_000 }
    package static var operations: Int { 10_000 }
    /// Front-end keys, the revoked ones too: a key's index is never given to another.
    package static var keys: Int { 40_000 }

    /// Tokens of the admin listener, the revoked and the expired ones too: each renewal is a
    /// further one.
    package static var tokens: Int { 10_000 }

    /// Webhooks that are not removed: each has a thread that sends.
    package static var webhooks: Int { 100 }
    /// The removed ones too.
    package static var webhooksEver: Int { 10_000 }
    package static var webhookURLBytes: Int { 2_048 }
    /// Deliveries whose outcome one record has.
    package static var webhookOutcomes: Int { 100 }

    /// Permits for load tests, those that are over too: entries on record name them.
    package static var permits: Int { 10_000 }
    /// From a permit's start to its end: 31 days.
    package static var permitMilliseconds: Int64 { 31 * 86_400_000 }
    /// Networks that one permit names.
    package static var permitNetworks: Int { 16 }
    /// A network as it is written.
    package static var networkBytes: Int { 64 }

    package static var identifierBytes: Int { 64 }
    /// A client's name and an operation's title.
    package static var titleBytes: Int { 200 }
    package static var noteBytes: Int { 1_000 }
    /// What was said between the parties, one exchange.
    package static var exchangeBytes: Int { 4_000 }
    /// Exchanges on record with one client, those about its operations too.
    package static var exchanges: UInt32 { 10_000 }
    package static var timeZoneBytes: Int { 64 }
    /// The name of an export's file.
    package static var exportNameBytes: Int { 200 }
    package static var versionBytes: Int { 100 }
    package static var minimumAge: Int { 120 }
    package static var consents: Int { 16 }
    package static var consentBytes: Int { 64 }
    /// What the public is told of a suspension.
    package static var publicReasonBytes: Int { 200 }
    package static var allowedOrigins: Int { 32 }
    package static var originBytes: Int { 255 }
    /// Entries of one second key.
    package static var secondKeyEntries: UInt32 { 1_000_000 }
    /// Entries of a cap.
    package static var cappedEntries: UInt64 { 1_000_000_000_000 }

    /// What a client may change of one operation with tokens of its own, in all: each change is a
    /// record that is kept.
    package static var clientChanges: UInt32 { 10_000 }
    /// How often a client may reset one operation with tokens of its own, in all: each reset takes
    /// one of ``operations``, which all clients share.
    package static var clientResets: UInt32 { 20 }
    /// Campaigns of one operation, the withdrawn ones too.
    package static var campaigns: Int { 1_000 }
    /// Undeclared tags that are remembered of one operation.
    package static var unknownSources: Int { 8 }
    /// Surges of one operation that lack their notice; a later one takes the oldest's place.
    package static var surges: Int { 8 }
    /// Of those, the newest that a step of the ladder tells of.
    package static var surgesOfStep: Int { 2 }
    /// Entries a second of a pace.
    package static var pace: UInt32 { 1_000_000 }
    /// Rules, tools and origins that one record of robots counts by; what is rarer is left out.
    package static var robotRules: Int { 32 }
    package static var robotTools: Int { 12 }
    package static var robotOrigins: Int { 3 * robotOriginsOfKind }
    package static var robotOriginsOfKind: Int { 12 }
    /// Entries that it shows as samples, and the reasons of each.
    package static var robotSamples: Int { 4 }
    package static var robotSampleRules: Int { 8 }
    /// The name of a rule, a tool, or an origin of robots.
    package static var robotNameBytes: Int { 256 }
    /// Networks that a client names as its own, of one operation.
    package static var networks: Int { 32 }
    /// Robots that one operation lets in by name.
    package static var allowedRobots: Int { 16 }
    /// Steps of the ladder that one report may bring; what is left waits for the next.
    package static var stepsAtOnce: Int { 64 }
    /// Events that time brings about and that a batch begins with; what is left waits for the next.
    package static var dueAtOnce: Int { 64 }
    /// Probes that report: the rule of minutes takes no more.
    package static var probes: Int { 16 }
    /// Attempts of one probe in one minute.
    package static var probeAttempts: UInt32 { 60_000 }
    /// Minutes for which a probe's report may be late: two days. So many minutes wait to be joined
    /// by other probes' reports.
    package static var lateMinutes: Int64 { 2_880 }
    /// Minutes after which a minute without a report counts as unmeasured in a reading of now.
    package static var reportMinutes: Int64 { 2 }
    /// Operations that one report tells of.
    package static var reportedOperations: Int { 64 }
    /// The JSON of one event, as the log holds it.
    @inlinable package static var eventRecordBytes: Int { 4 * 1024 }
    /// The same of an event that time brings about: it tells of no measurement.
    @inlinable package static var dueEventRecordBytes: Int { 512 }

    /// The campaign tag of one entry.
    @inlinable package static var sourceBytes: Int { 64 }
    /// What a person gave, sealed: 8 KiB of fields, the participant, their frame and seal.
    @inlinable package static var sealedBytes: Int { 12 * 1024 }
    /// Leaves of a key tree: 0 ..< 2⁴⁸.
    package static var leaves: UInt64 { 1 << 48 }
    /// All extensions of one entry's record.
    @inlinable package static var extensionBytes: Int { 3072 }
    /// What speaks for a robot in one entry's record.
    package static var evidenceBytes: Int { 1024 }
    /// The JSON of one administrative command, as the log holds it.
    package static var administrativeRecordBytes: Int { 256 * 1024 }

    /// Months of which it is known what one operation used; the log has all.
    package static var consumptionMonths: Int { 48 }
    /// Participants of one operation: their numbers are 32 bits wide.
    package static var participants: UInt32 { .max }
    /// How long an idempotency key is remembered: 24 hours.
    package static var idempotencyMilliseconds: Int64 { 86_400_000 }

    /// How far ahead a challenge may expire: 15 minutes.
    package static var challengeMilliseconds: Int64 { 900_000 }
    /// Challenges that entries are let in with, of those that expire in the same 15 minutes:
    /// beyond it an entry with a further one is refused for now. Up to 32 bytes each.
    package static var challengesOfSpan: Int { 1 << 20 }

    /// The index of what comes next to so many, where the limit leaves room for it.
    /// - Parameter name: the plural of what is counted.
    static func index(
        after count: Int, limit: Int, name: String
    ) throws(CommandRefusal) -> UInt32 {
        guard count < limit else { throw .limitReached(name: name, limit: limit) }
        return UInt32(count)
    }
}

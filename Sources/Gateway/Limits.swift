internal import Cluster
package import Sockets
internal import Wire

/// Every limit of the gateway, in one place: what it is, what it is called in the configuration
/// (`limits.<name>`), and how the limits hang together. All are checked at start.
package struct Limits: Sendable {
    // MARK: The edge

    /// Bytes of a request line; over it 414.
    package var requestLineBytes = 8 << 10
    /// Bytes of a head; over it 431.
    package var headBytes = 16 << 10
    /// Fields of a head; over it 431.
    package var headFields = 64
    /// Bytes of an entry's body; over it 413.
    package var entryBodyBytes = 16 << 10
    /// Bytes of an admin request's body; over it 413.
    package var adminBodyBytes = 1 << 20
    /// Seconds from a request's first byte to the end of its head; over it 408.
    package var headSeconds = 10
    /// Seconds from there to the end of its body; over it 408.
    package var bodySeconds = 10
    /// Seconds a connection may be silent between requests; then it is closed.
    package var idleSeconds = 75
    /// Seconds the peer may take to accept an answer, or 64 KiB more of a longer one; then it is
    /// cut.
    package var writeSeconds = 10
    /// Seconds a streamed answer may be without an event; then it is ended.
    package var streamSeconds = 60
    /// Bytes of a streamed answer's events that may wait for the peer to take them; then it is cut.
    /// Streams of events are sent a quarter of it at a time.
    package var streamBytes = 256 << 10
    /// Bytes of answers that the kernel keeps for a peer that does not read them; the time above
    /// begins when there are so many.
    package var unsentBytes = Listener.usualUnsentBytes
    /// Connections of the public listener; a further one gets 503. Lowered at start to what the
    /// process may open.
    package var connections = 16_384
    /// Connections of the admin listener: its own, so that who takes all of the public ones keeps
    /// no operator out.
    package var adminConnections = 256
    /// Of them from one address that is not this machine's own; 0: a quarter.
    package var adminConnectionsPerAddress = 0
    /// Of them with one token, all of a client's tokens counting as one; 0: a quarter. A token of
    /// an admin or operator: half.
    package var adminConnectionsPerToken = 0
    /// Of them those that have shown no valid token; 0: half. A further one displaces another.
    package var unauthenticatedConnections = 0
    /// Streams of events at once; a further one gets 503. 0: seven eighths of the connections, so
    /// that whoever follows can still ask and act. One person's token: half of them.
    package var eventStreams = 0
    /// Seconds that a connection of the admin listener has to show a valid token; then it is
    /// closed.
    package var unauthenticatedSeconds = 5
    /// Connections from one address that is not this machine's own.
    package var connectionsPerAddress = 1_024
    /// Bytes of the PROXY header that a connection begins with; over it the connection is closed.
    package var proxyHeaderBytes = 4 << 10
    /// Bytes that half requests and untaken answers may hold, for each event loop; over it 503.
    package var parkedBytes = 64 << 20
    /// TLS handshakes that one address which is not this machine's own may begin in a second, and
    /// at once; a further connection is closed before it costs anything.
    package var handshakesPerAddress = 100
    /// What each of them may cost; over it the connection is closed.
    package var tls = TLSLimits()
    /// Requests on one connection; the last one's answer says `Connection: close`.
    package var requestsPerConnection = 100_000

    // MARK: Entries

    /// Bytes of a participant's identifier.
    package var participantBytes = 256
    /// Bytes of an entry's `fields`, as JSON text.
    package var fieldsBytes = 8 << 10
    /// Bytes of an `Idempotency-Key`.
    package var idempotencyKeyBytes = 255

    /// Bytes of the tables that grow with entries; a new participant then gets 503. 0: two fifths
    /// of the memory that the process may have (``AvailableMemory/mostBytes``).
    package var tableBytes = 0

    // MARK: Challenges

    /// PBKDF2 iterations of one attempt at a challenge.
    package var challengeIterations = 1_000
    /// Attempts that a challenge of the usual level takes at most; a fifth of it at least.
    package var challengeCounters = 800
    /// Seconds for which a challenge is good.
    package var challengeSeconds = 600
    /// Seconds that replace the work of a challenge of the usual level, for who cannot solve it; 0:
    /// nothing does.
    package var challengeWaitSeconds = 60
    /// Challenges that are made ahead, for each worker.
    package var challengesAhead = 256

    /// Bytes of what is remembered of how entries come, to tell robots from people by rhythm and
    /// likeness; 0 remembers nothing, and looks at neither.
    package var behaviourBytes = 64 << 20

    // MARK: Between threads

    /// Reads a second of a loop that operations which are held have beyond their paces, all
    /// together; nil goes by what the platform takes. No setting.
    var refusedReadsPerSecond: UInt32?
    /// Seconds that an entry waits for a disk that does not answer; then it is answered 503.
    package var answerSeconds = 5
    /// Bytes of entries that may wait for the sequencer, for each worker, and as many again of
    /// operations that are held; a full ring sheds.
    package var commandRingBytes = 4 << 20
    /// Entries that a node of a cluster which follows may have on their way to its leader; while as
    /// many are not answered, further ones wait in the rings.
    package var linkEntries = 8_192
    /// Bytes of the log of a cluster that stay in etcd for nodes that were away; a node that lacks
    /// more gets it from another one's journal.
    package var logKeptBytes = LogTrimming.usualKeptBytes
    /// Admin requests that may be with the control side at once; a further one gets 503.
    package var adminRequestsAtOnce = 64
    /// Of them those with one token, all of a client's tokens counting as one; 0: an eighth. A
    /// token of an admin or operator: half.
    package var adminRequestsPerToken = 0

    // MARK: The log

    /// Bytes of one segment of the log.
    package var journalSegmentBytes = 64 << 20
    /// Bytes of one batch; a fuller one is committed and the rest follows in the next.
    package var journalBatchBytes = 1 << 20
    /// Records behind the last snapshot after which the next one is made; 0 makes none.
    package var snapshotRecords = 2_000_000
    /// Entries of one batch.
    package var batchEntries = 4_096
    /// Microseconds that a batch gathers at most, where batches are large; a lone client never
    /// waits.
    package var gatherMicroseconds = 1_000

    // MARK: Webhooks

    /// Seconds that a request to a webhook may take, the lookup of its host included.
    package var webhookTimeoutSeconds = 15
    /// Seconds between attempts at most, where a receiver fails again and again.
    package var webhookBackoffSeconds = 3 * 3_600
    /// Seconds after which an event that a receiver still does not take is given up.
    package var webhookGiveUpSeconds = 3 * 86_400

    // MARK: The beginning and the end

    /// Seconds that a start may wait until another process lets go of the data; 0: not at all.
    package var lockSeconds = 0
    /// Seconds that a drain may take before what is left is cut.
    package var drainSeconds = 10
    /// Milliseconds for which a drain goes on serving, telling each client with its answer to come
    /// back on a new connection; who is silent for as long is closed.
    package var drainNoticeMilliseconds = 500

    package init() {}

    /// A limit of the configuration: its key after `limits.`, its range, and where it lives.
    package struct LimitSetting: Sendable {
        package let name: String
        package let range: ClosedRange<Int>
        package let path: any WritableKeyPath<Limits, Int> & Sendable
    }

    /// All limits that can be configured.
    package static let settings: [LimitSetting] = [
        LimitSetting(name: "request_line_bytes", range: 256...32_768, path: \.requestLineBytes),
        LimitSetting(name: "head_bytes", range: 1_024...32_768, path: \.headBytes),
        LimitSetting(name: "head_fields", range: 8...64, path: \.headFields),
        LimitSetting(name: "entry_body_bytes", range: 256...65_536, path: \.entryBodyBytes),
        LimitSetting(name: "admin_body_bytes", range: 1_024...16_777_216, path: \.adminBodyBytes),
        LimitSetting(name: "head_seconds", range: 1...300, path: \.headSeconds),
        LimitSetting(name: "body_seconds", range: 1...300, path: \.bodySeconds),
        LimitSetting(name: "idle_seconds", range: 1...3_600, path: \.idleSeconds),
        LimitSetting(name: "write_seconds", range: 1...300, path: \.writeSeconds),
        LimitSetting(name: "stream_seconds", range: 1...3_600, path: \.streamSeconds),
        LimitSetting(name: "stream_bytes", range: 4_096...16_777_216, path: \.streamBytes),
        LimitSetting(name: "unsent_bytes", range: 4_096...16_777_216, path: \.unsentBytes),
        LimitSetting(name: "connections", range: 16...1_000_000, path: \.connections),
        LimitSetting(name: "admin_connections", range: 4...16_384, path: \.adminConnections),
        LimitSetting(
            name: "admin_connections_per_address", range: 0...16_384,
            path: \.adminConnectionsPerAddress),
        LimitSetting(
            name: "admin_connections_per_token", range: 0...16_384,
            path: \.adminConnectionsPerToken),
        LimitSetting(
            name: "unauthenticated_connections", range: 0...16_384,
            path: \.unauthenticatedConnections),
        LimitSetting(name: "event_streams", range: 0...16_384, path: \.eventStreams),
        LimitSetting(
            name: "unauthenticated_seconds", range: 1...300, path: \.unauthenticatedSeconds),
        LimitSetting(
            name: "connections_per_address", range: 1...1_000_000, path: \.connectionsPerAddress),
        LimitSetting(name: "proxy_header_bytes", range: 232...16_384, path: \.proxyHeaderBytes),
        LimitSetting(name: "parked_bytes", range: 1_048_576...17_179_869_184, path: \.parkedBytes),
        LimitSetting(
            name: "handshakes_per_address", range: 1...1_000_000, path: \.handshakesPerAddress),
        LimitSetting(name: "handshake_bytes", range: 4_096...1_048_576, path: \.tls.handshakeBytes),
        LimitSetting(
            name: "post_handshake_messages", range: 1...1_000_000,
            path: \.tls.postHandshakeMessages),
        LimitSetting(
            name: "requests_per_connection", range: 1...2_000_000_000,
            path: \.requestsPerConnection),
        LimitSetting(name: "fields_bytes", range: 2...11_500, path: \.fieldsBytes),
        LimitSetting(name: "table_bytes", range: 0...17_592_186_044_416, path: \.tableBytes),
        LimitSetting(
            name: "challenge_iterations", range: 1...1_000_000, path: \.challengeIterations),
        LimitSetting(
            name: "challenge_counters", range: 1...1_000_000, path: \.challengeCounters),
        LimitSetting(name: "challenge_seconds", range: 10...840, path: \.challengeSeconds),
        LimitSetting(
            name: "challenge_wait_seconds", range: 0...600, path: \.challengeWaitSeconds),
        LimitSetting(name: "challenges_ahead", range: 1...10_000, path: \.challengesAhead),
        LimitSetting(
            name: "behaviour_bytes", range: 0...4_294_967_296, path: \.behaviourBytes),
        LimitSetting(name: "answer_seconds", range: 1...300, path: \.answerSeconds),
        LimitSetting(
            name: "command_ring_bytes", range: 65_536...1_073_741_824, path: \.commandRingBytes),
        LimitSetting(name: "link_entries", range: 16...65_536, path: \.linkEntries),
        LimitSetting(
            name: "log_kept_bytes", range: 65_536...4_294_967_296, path: \.logKeptBytes),
        LimitSetting(
            name: "admin_requests_at_once", range: 1...10_000, path: \.adminRequestsAtOnce),
        LimitSetting(
            name: "admin_requests_per_token", range: 0...10_000, path: \.adminRequestsPerToken),
        LimitSetting(
            name: "journal_segment_bytes", range: 1_048_576...4_294_967_296,
            path: \.journalSegmentBytes),
        LimitSetting(
            name: "journal_batch_bytes", range: 524_288...8_388_608, path: \.journalBatchBytes),
        LimitSetting(
            name: "snapshot_records", range: 0...1_000_000_000_000, path: \.snapshotRecords),
        LimitSetting(name: "batch_entries", range: 1...65_536, path: \.batchEntries),
        LimitSetting(name: "gather_microseconds", range: 0...10_000, path: \.gatherMicroseconds),
        LimitSetting(
            name: "webhook_timeout_seconds", range: 1...60, path: \.webhookTimeoutSeconds),
        LimitSetting(
            name: "webhook_backoff_seconds", range: 1...86_400, path: \.webhookBackoffSeconds),
        LimitSetting(
            name: "webhook_give_up_seconds", range: 1...2_592_000, path: \.webhookGiveUpSeconds),
        LimitSetting(name: "lock_seconds", range: 0...600, path: \.lockSeconds),
        LimitSetting(name: "drain_seconds", range: 0...600, path: \.drainSeconds),
        LimitSetting(
            name: "drain_notice_milliseconds", range: 0...60_000,
            path: \.drainNoticeMilliseconds),
    ]

    /// Those that a gateway takes while it runs; the others are what its tables, rings and files
    /// were made for.
    package static let changeable: Set<String> = [
        "request_line_bytes", "head_bytes", "head_fields", "entry_body_bytes", "admin_body_bytes",
        "head_seconds", "body_seconds", "idle_seconds", "write_seconds", "stream_seconds",
        "fields_bytes", "table_bytes", "challenge_seconds", "challenge_wait_seconds",
        "answer_seconds",
        "admin_connections_per_address", "unauthenticated_seconds",
        "connections_per_address", "handshake_bytes", "post_handshake_messages",
        "requests_per_connection", "drain_seconds", "drain_notice_milliseconds",
    ]

    /// Bytes that the tables may take that grow with entries.
    ///
    /// The derived limit lets them fit twice, which a snapshot takes, and leaves a fifth for the
    /// rest. Where the kernel does not say what there is, there is no limit.
    func tableLimitBytes(of memory: AvailableMemory = AvailableMemory()) -> Int {
        tableBytes > 0 ? tableBytes : memory.mostBytes.map { $0 / 5 * 2 } ?? .max
    }

    func connections(_ kind: ListenerKind) -> Int {
        kind == .public ? connections : adminConnections
    }

    /// Slots of each loop of a listener: for all connections, and those beyond them.
    func slots(_ kind: ListenerKind) -> Int { connections(kind) + ReservedConnections.maximum }

    /// What the parser of a listener's requests is held to.
    func wire(_ kind: ListenerKind) -> HTTPLimits {
        HTTPLimits(
            requestLineBytes: requestLineBytes, headBytes: headBytes, fieldCount: headFields,
            bodyBytes: kind == .public ? entryBodyBytes : adminBodyBytes)
    }

    /// What does not fit together, one sentence each; empty where all is well.
    package var contradictions: [String] {
        var found: [String] = []
        if requestLineBytes + 6 > headBytes {
            found.append("limits.head_bytes must have room for limits.request_line_bytes")
        }
        if journalBatchBytes % 512 != 0 || journalSegmentBytes % 512 != 0 {
            found.append(
                "limits.journal_batch_bytes, limits.journal_segment_bytes: take multiples of 512")
        }
        if fieldsBytes + participantBytes > entryBodyBytes {
            found.append("limits.fields_bytes must fit into limits.entry_body_bytes")
        }
        if tableBytes != 0, tableBytes < 1 << 20 {
            found.append("limits.table_bytes must be 0 (derived) or at least 1048576")
        }
        if journalBatchBytes * 2 > journalSegmentBytes {
            found.append(
                "limits.journal_batch_bytes must be at most half of limits.journal_segment_bytes")
        }
        if eventStreams >= adminConnections {
            found.append(
                "limits.event_streams must be less than limits.admin_connections "
                    + "(\(adminConnections)), not \(eventStreams)")
        }
        if headBytes + adminBodyBytes > parkedBytes {
            found.append("limits.parked_bytes must hold a request of limits.admin_body_bytes")
        }
        if commandRingBytes < 4 * (entryBodyBytes + 1_024) {
            found.append("limits.command_ring_bytes must hold at least four of the largest entries")
        }
        return found + shareContradictions
    }
}

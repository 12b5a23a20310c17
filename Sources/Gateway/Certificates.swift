internal import Bytes
internal import Cluster
internal import Logging
internal import Sockets
internal import Synchronization
internal import Time

/// The certificates of the listeners that speak TLS, and the keys of their session tickets, and
/// what a node of a cluster shows to other nodes and to etcd: read at start, and again when an
/// operator asks for it.
final class Certificates: Sendable {
    private let listeners: [ListenerKind: ListenerCertificate]
    private let links: LinkTrust
    private let engine: EtcdTrust

    /// One listener's; it has keys of its own, so that a session is resumed where it was made.
    private final class ListenerCertificate: Sendable {
        let files: TLSFiles
        /// Nil where clients show certificates: each connection is to show its own.
        let tickets: TicketKeys?
        let context: Mutex<TLSContext>

        init(_ files: TLSFiles) throws(TLSFileError) {
            self.files = files
            let now = SystemClock.monotonicNanoseconds()
            tickets = files.clientAuthorities == nil ? TicketKeys(now: now) : nil
            context = Mutex(try Self.read(files, tickets))
        }

        static func read(
            _ files: TLSFiles, _ tickets: TicketKeys?
        ) throws(TLSFileError) -> TLSContext {
            let seconds = SystemClock.wallClock().milliseconds / 1_000
            return try TLSContext(files, tickets: tickets, now: seconds)
        }
    }

    /// No listener speaks TLS.
    init() {
        listeners = [:]
        (links, engine) = (LinkTrust.none, EtcdTrust.none)
    }

    /// - Throws: ``StartError`` naming the file that is not as it must be.
    init(
        _ files: [ListenerKind: TLSFiles?], _ cluster: ClusterConfiguration? = nil, _ logger: Logger
    ) throws(StartError) {
        var listeners: [ListenerKind: ListenerCertificate] = [:]
        for case (let kind, let files?) in files {
            do {
                let listener = try ListenerCertificate(files)
                listener.context.withLock { Self.warn($0, logger) }
                listeners[kind] = listener
            } catch {
                throw .configuration("\(kind.settings)\(error)")
            }
        }
        self.listeners = listeners
        (links, engine) = (
            cluster?.linkTrust ?? LinkTrust.none, cluster?.engineTrust ?? EtcdTrust.none
        )
        for warning in links.warnings { logger.warning("\(warning)") }
    }

    /// Whether no listener speaks TLS.
    var isEmpty: Bool { listeners.isEmpty }

    /// One that is shown.
    struct Shown {
        /// The listener's label, or `cluster`: to other nodes, and to etcd.
        let listener: StaticString
        let path: String
        /// When it ends, in seconds since 1970.
        let notAfter: Int64
    }

    /// All that are shown.
    var shown: [Shown] {
        var shown = ListenerKind.allCases.flatMap { kind in
            (context(kind)?.certificates ?? []).map {
                Shown(listener: kind.label, path: $0.path, notAfter: $0.notAfter)
            }
        }
        if let own = links.own ?? engine.own {
            shown.append(Shown(listener: "cluster", path: own.path, notAfter: own.notAfter))
        }
        return shown
    }

    /// What a listener's new connections are to use; nil where it is plain.
    func context(_ kind: ListenerKind) -> TLSContext? {
        listeners[kind]?.context.withLock { $0 }
    }

    /// Reads all files again; what is in force stays so.
    /// - Throws: ``StartError`` naming the file that is not as it must be.
    func readAgain() throws(StartError) -> [ListenerKind: TLSContext] {
        var fresh: [ListenerKind: TLSContext] = [:]
        for (kind, listener) in listeners {
            do throws(TLSFileError) {
                fresh[kind] = try ListenerCertificate.read(listener.files, listener.tickets)
            } catch {
                throw .configuration("\(kind.settings)\(error)")
            }
        }
        return fresh
    }

    /// Reads what a node shows to others and to etcd again; what is in force stays so.
    /// - Returns: puts what was read in force, for connections from then on; nil where there is
    ///   nothing.
    /// - Throws: ``StartError`` naming the file that is not as it must be.
    func readClusterAgain() throws(StartError) -> ((Logger) -> Void)? {
        do throws(TLSFileError) {
            let (links, engine) = (try self.links.readAgain(), try self.engine.readAgain())
            guard links != nil || engine != nil else { return nil }
            return { [trust = self.links] logger in
                links?()
                engine?()
                for warning in trust.warnings { logger.warning("\(warning)") }
            }
        } catch {
            throw .configuration("cluster_\(error)")
        }
    }

    /// Puts what was read in force, for connections from now on.
    func change(to fresh: [ListenerKind: TLSContext], _ logger: Logger) {
        for (kind, context) in fresh {
            listeners[kind]?.context.withLock { $0 = context }
            Self.warn(context, logger)
        }
    }

    /// Lets ticket keys grow older; nanoseconds of the monotonic clock.
    func advance(to now: UInt64) {
        for listener in listeners.values { listener.tickets?.advance(to: now) }
    }

    private static func warn(_ context: TLSContext, _ logger: Logger) {
        for warning in context.warnings { logger.warning("\(warning)") }
    }
}

extension ListenerKind {
    /// What the names of its settings begin with.
    fileprivate var settings: String {
        switch self {
        case .public: "tls."
        case .admin: "admin.tls."
        }
    }
}

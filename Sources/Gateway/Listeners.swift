internal import Sockets
internal import Threads

/// The sockets that a gateway listens on: one for each public worker on the same address, and one
/// for the admin loop. All are bound before the first thread starts, or were passed on by whoever
/// started the process.
struct Listeners {
    private var workers: [ThreadHandover<Listener>]
    private let admin: ThreadHandover<Listener>
    /// Where it listens for front ends; one address, or several with one port.
    let addresses: [SocketAddress]
    let adminAddresses: [SocketAddress]

    /// - Parameter bound: the admin listener, where it is bound already.
    /// - Throws: ``StartError`` naming the address that cannot be listened on.
    init(
        _ configuration: Gateway.Configuration, admin bound: consuming Listener?
    ) throws(StartError) {
        let passed = configuration.passed
        let limits = configuration.limits
        let first =
            if let number = passed.public.first {
                try Self.share(number, limits)
            } else {
                try Self.bind(configuration.listen, flag: "--listen", limits)
            }
        addresses = first.addresses
        workers = [ThreadHandover(first)]
        guard passed.public.count <= configuration.workers else {
            throw .configuration(
                "\(passed.public.count) public sockets were passed, for \(configuration.workers) "
                    + "workers; nobody accepts from the others: set --workers, or pass fewer")
        }
        for number in 1..<max(configuration.workers, 1) {
            if passed.public.isEmpty {
                // The first one's addresses: where port 0 was asked for, all share the kernel's
                // choice.
                workers.append(
                    ThreadHandover(try Self.listen(on: addresses, flag: "--listen", limits)))
            } else {
                let socket = passed.public[number % passed.public.count]
                workers.append(ThreadHandover(try Self.share(socket, limits)))
            }
        }
        let last = if let bound = bound.take() { bound } else { try Self.bindAdmin(configuration) }
        adminAddresses = last.addresses
        admin = ThreadHandover(last)
    }

    /// Binds the admin listener alone.
    static func bindAdmin(_ configuration: Gateway.Configuration) throws(StartError) -> Listener {
        guard let number = configuration.passed.admin else {
            return try bind(
                configuration.adminListen, flag: "--admin-listen", configuration.limits)
        }
        return try share(number, configuration.limits)
    }

    /// Checks that the public address is free, without listening on it.
    static func requirePublicFree(_ configuration: Gateway.Configuration) throws(StartError) {
        guard configuration.passed.public.isEmpty else { return }
        _ = try freeAddresses(of: configuration.listen, flag: "--listen")
    }

    /// A passed socket, for one loop more.
    private static func share(
        _ number: Int32, _ limits: Limits
    ) throws(StartError) -> Listener {
        do {
            return try Listener(sharing: number, unsentBytes: limits.unsentBytes)
        } catch {
            throw .configuration(
                "descriptor \(number), passed by LISTEN_FDS, is not a listening TCP socket "
                    + "(\(error)); set ListenStream= to an address and a port")
        }
    }

    /// Starts one loop for each listener; the loops own them from now on.
    func startLoops(
        _ shared: Shared, _ control: Control
    ) throws(StartError) -> [SystemThread] {
        let all = workers.map { (ListenerKind.public, $0) } + [(ListenerKind.admin, admin)]
        return try all.enumerated().map { number, loop throws(StartError) in
            let (kind, listener) = loop
            let name = kind == .admin ? "admin" : "worker-\(number)"
            return try SystemThread.start(as: name) {
                do {
                    switch kind {
                    case .public:
                        shared.threadTimes.workerBegins(number)
                        var loop = try EventLoop(
                            lane: number, kind, shared,
                            service: PublicService(shared, lane: number),
                            listener: listener.receive())
                        loop.run()
                    case .admin:
                        var loop = try EventLoop(
                            lane: number, kind, shared,
                            service: AdminService(shared, control, lane: number),
                            listener: listener.receive())
                        loop.run()
                    }
                } catch {
                    shared.giveUp("cannot start an event loop; ending the process: \(error)")
                }
            }
        }
    }

    private static func bind(
        _ text: String, flag: String, _ limits: Limits
    ) throws(StartError) -> Listener {
        try listen(on: freeAddresses(of: text, flag: flag), flag: flag, limits)
    }

    private static func freeAddresses(
        of text: String, flag: String
    ) throws(StartError) -> [SocketAddress] {
        guard let wanted = ListenAddress(text) else {
            throw .configuration(
                "\(flag) must be an address and a port, such as 127.0.0.1:8080, [::1]:8080, "
                    + "localhost:8080 or :8080 for every address, not \(text)")
        }
        var free: [SocketAddress] = []
        var missing: SystemError?
        for address in try addresses(of: wanted, flag: flag) {
            do throws(SystemError) {
                try Listener.requireFree(address)
                free.append(address)
            } catch {
                guard wanted.canDoWithout(address, after: error) else {
                    throw .address(
                        "\(flag) \(text): \(error); choose another address, or free this one")
                }
                missing = error
            }
        }
        guard !free.isEmpty else {
            let reason = missing.map { "\($0)" } ?? "it has no address"
            throw .address("\(flag) \(text): \(reason); choose another address")
        }
        return free
    }

    private static func addresses(
        of wanted: ListenAddress, flag: String
    ) throws(StartError) -> [SocketAddress] {
        do {
            return try wanted.addresses()
        } catch {
            throw .address(
                "\(flag) \(wanted): \(error.reason); name an address of this machine")
        }
    }

    private static func listen(
        on addresses: [SocketAddress], flag: String, _ limits: Limits
    ) throws(StartError) -> Listener {
        do {
            return try Listener(on: addresses, unsentBytes: limits.unsentBytes)
        } catch {
            throw .address("\(flag): \(error)")
        }
    }
}

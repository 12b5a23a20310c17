internal import Sockets
internal import Threads

/// The sockets of one of a gateway's listeners: of the public one a socket for each worker on the
/// same addresses, of the admin one a single socket. They were bound here, or passed on by whoever
/// started the process.
struct Listeners {
    private let sockets: [ThreadHandover<Listener>]
    /// Where it listens; one address, or several with one port.
    let addresses: [SocketAddress]

    /// Binds for front ends.
    /// - Throws: ``StartError`` naming the address that cannot be listened on.
    static func bindPublic(_ configuration: Gateway.Configuration) throws(StartError) -> Listeners {
        let passed = configuration.passed
        let limits = configuration.limits
        let first =
            if let number = passed.public.first {
                try share(number, limits)
            } else {
                try bind(configuration.listen, flag: "--listen", limits)
            }
        let addresses = first.addresses
        var sockets = [ThreadHandover(first)]
        guard passed.public.count <= configuration.workers else {
            throw .configuration(
                "\(passed.public.count) public sockets were passed, for \(configuration.workers) "
                    + "workers; nobody accepts from the others: set --workers, or pass fewer")
        }
        for number in 1..<max(configuration.workers, 1) {
            if passed.public.isEmpty {
                // The first one's addresses: where port 0 was asked for, all share the kernel's
                // choice.
                sockets.append(
                    ThreadHandover(try listen(on: addresses, flag: "--listen", limits)))
            } else {
                let socket = passed.public[number % passed.public.count]
                sockets.append(ThreadHandover(try share(socket, limits)))
            }
        }
        return Listeners(sockets: sockets, addresses: addresses)
    }

    /// Binds for operators.
    /// - Throws: ``StartError`` naming the address that cannot be listened on.
    static func bindAdmin(_ configuration: Gateway.Configuration) throws(StartError) -> Listeners {
        let listener =
            if let number = configuration.passed.admin {
                try share(number, configuration.limits)
            } else {
                try bind(
                    configuration.adminListen, flag: "--admin-listen", configuration.limits)
            }
        let addresses = listener.addresses
        return Listeners(sockets: [ThreadHandover(listener)], addresses: addresses)
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

    /// Has the public loops, which run already, take connections from here.
    func open(_ shared: Shared) {
        for (lane, socket) in zip(shared.workerLanes, sockets) { lane.post(.listen(socket)) }
    }

    /// Starts the loops of the public listener.
    /// - Parameter listeners: nil where they come later, by ``open(_:)``.
    static func startPublicLoops(
        _ shared: Shared, _ listeners: Listeners?
    ) throws(StartError) -> [SystemThread] {
        try shared.workerLanes.indices.map { number throws(StartError) in
            let socket = listeners?.sockets[number]
            return try SystemThread.start(as: "worker-\(number)") {
                shared.threadTimes.workerBegins(number)
                do {
                    var loop = try EventLoop(
                        lane: number, .public, shared,
                        service: PublicService(shared, lane: number), listener: socket?.receive())
                    loop.run()
                } catch {
                    shared.giveUp("cannot start an event loop; ending the process: \(error)")
                }
            }
        }
    }

    /// Starts the loop of the admin listener.
    func startAdminLoop(
        _ shared: Shared, _ control: Control
    ) throws(StartError) -> SystemThread {
        let socket = sockets[0]
        return try SystemThread.start(as: "admin") {
            let lane = shared.adminLane
            do {
                var loop = try EventLoop(
                    lane: lane, .admin, shared,
                    service: AdminService(shared, control, lane: lane), listener: socket.receive())
                loop.run()
            } catch {
                shared.giveUp("cannot start an event loop; ending the process: \(error)")
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

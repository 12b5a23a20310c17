internal import Sockets

/// The sockets that a gateway listens on: one for each public worker on the same address, and one
/// for the admin loop. All are bound before the first thread starts, or were passed on by whoever
/// started the process.
struct Listeners {
    private var workers: [ThreadHandover<Listener>]
    private let admin: ThreadHandover<Listener>
    let address: SocketAddress
    let adminAddress: SocketAddress

    /// - Throws: ``StartError`` naming the address that cannot be listened on.
    init(_ configuration: Gateway.Configuration) throws(StartError) {
        let passed = configuration.passed
        let limits = configuration.limits
        let first =
            if let number = passed.public.first {
                try Self.share(number, limits)
            } else {
                try Self.bind(configuration.listen, flag: "--listen", limits)
            }
        address = first.address
        workers = [ThreadHandover(first)]
        guard passed.public.count <= configuration.workers else {
            throw .configuration(
                "\(passed.public.count) public sockets were passed, for \(configuration.workers) "
                    + "workers; nobody accepts from the others: set --workers, or pass fewer")
        }
        for number in 1..<max(configuration.workers, 1) {
            if passed.public.isEmpty {
                // The first one's address: where port 0 was asked for, all share the kernel's
                // choice.
                workers.append(
                    ThreadHandover(try Self.listen(on: address, flag: "--listen", limits)))
            } else {
                let socket = passed.public[number % passed.public.count]
                workers.append(ThreadHandover(try Self.share(socket, limits)))
            }
        }
        let last =
            if let number = passed.admin {
                try Self.share(number, limits)
            } else {
                try Self.bind(configuration.adminListen, flag: "--admin-listen", limits)
            }
        adminAddress = last.address
        admin = ThreadHandover(last)
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
    ) throws(StartError) -> [GatewayThread] {
        let all = workers.map { (ListenerKind.public, $0) } + [(ListenerKind.admin, admin)]
        return try all.enumerated().map { number, loop throws(StartError) in
            let (kind, listener) = loop
            let name = kind == .admin ? "admin" : "worker-\(number)"
            return try GatewayThread(name: name) {
                do {
                    switch kind {
                    case .public:
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
        guard let wanted = SocketAddress(text) else {
            throw .configuration(
                "\(flag) must be an address and a port, such as 127.0.0.1:8080, not \(text)")
        }
        do {
            try Listener.requireFree(wanted)
        } catch {
            throw .address("\(flag) \(text): \(error); choose another address, or free this one")
        }
        return try listen(on: wanted, flag: flag, limits)
    }

    private static func listen(
        on address: SocketAddress, flag: String, _ limits: Limits
    ) throws(StartError) -> Listener {
        do {
            return try Listener(on: address, unsentBytes: limits.unsentBytes)
        } catch {
            throw .address("\(flag) \(address): \(error)")
        }
    }
}

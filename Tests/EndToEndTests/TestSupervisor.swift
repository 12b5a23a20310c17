import Glibc
import TestSupport

/// What systemd is to a service, as far as a test needs it: it opens the listening sockets, passes
/// them on, keeps them, and hears what the service says.
final class TestSupervisor {
    /// The public socket, then the admin one.
    let descriptors: [Int32]
    /// More for the service's environment, or other values.
    var environment: [String: String]
    private let notices: Int32

    init(for gateway: Gateway, watchdogSeconds: Double? = nil) throws {
        descriptors = try [gateway.port, gateway.adminPort].map(Self.listen)
        let path = gateway.directory.path("notices")
        notices = try Self.receiver(path)
        environment = [
            "LISTEN_FDS": "2", "LISTEN_FDNAMES": "public:admin", "NOTIFY_SOCKET": path,
        ]
        if let watchdogSeconds {
            environment["WATCHDOG_USEC"] = String(Int(watchdogSeconds * 1_000_000))
        }
    }

    deinit {
        for descriptor in descriptors + [notices] { close(descriptor) }
    }

    /// What the service has said since the last call, oldest first.
    func heard() -> [String] {
        var texts: [String] = []
        var bytes = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = unsafe recv(notices, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            guard count >= 0 else { return texts }
            texts.append(String(decoding: bytes[..<count], as: UTF8.self))
        }
    }

    private static func listen(on port: UInt16) throws -> Int32 {
        let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        guard made >= 0 else { throw SystemFailure(call: "socket") }
        defer { close(made) }
        var reuse: Int32 = 1
        unsafe setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &reuse, 4)
        var address = LoopbackAddress(port: port).value
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(made, $0, length)
            }
        }
        guard isBound == 0, Glibc.listen(made, 4_096) == 0 else {
            throw SystemFailure(call: "listen")
        }
        // Above the numbers under which it is passed on.
        let high = fcntl(made, F_DUPFD_CLOEXEC, 100)
        guard high >= 0 else { throw SystemFailure(call: "dup") }
        return high
    }

    private static func receiver(_ path: String) throws -> Int32 {
        let made = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | O_CLOEXEC, 0)
        guard made >= 0 else { throw SystemFailure(call: "socket") }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let isCopied = unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
            guard path.utf8.count < room.count else { return false }
            unsafe room.copyBytes(from: path.utf8)
            return true
        }
        guard isCopied else { throw SystemFailure(call: "bind \(path)", ENAMETOOLONG) }
        let isBound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(made, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard isBound == 0 else { throw SystemFailure(call: "bind \(path)") }
        return made
    }
}

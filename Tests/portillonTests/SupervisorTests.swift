import Foundation
import Gateway
import Glibc
import Testing

@testable import portillon

@Suite("What a supervisor passes on, and what it is told", .serialized)
struct SupervisorTests {
    @Test("without its variables, or with those of another process, there is no supervisor")
    func none() throws {
        for environment in [
            [:], ["LISTEN_FDS": "1"], ["LISTEN_FDS": "1", "LISTEN_PID": "1"],
            ["LISTEN_PID": "\(getpid())"], ["LISTEN_FDS": "x", "LISTEN_PID": "1"],
        ] {
            let supervisor = try Supervisor(environment: environment)
            #expect(supervisor.sockets == PassedSockets())
            #expect(!supervisor.keepsSockets)
            #expect(supervisor.watchdogNanoseconds == nil)
            supervisor.notifyReady("and nobody hears it")
        }
    }

    @Test("a number that is none, and names that do not fit, are faults of the configuration")
    func faults() {
        for (count, names) in [
            ("0", nil), ("-1", nil), ("257", nil), ("", nil), ("3", nil), ("2", "public"),
            ("1", "public:admin"), ("2", "admin:admin"), ("2", "public:other"),
        ] as [(String, String?)] {
            var environment = ["LISTEN_FDS": count, "LISTEN_PID": "7"]
            environment["LISTEN_FDNAMES"] = names
            let failure = #expect(throws: CommandFailure.self) {
                _ = try Supervisor(environment: environment, process: 7)
            }
            #expect(failure?.status == 78)
            #expect(failure?.lines.count == 1)
        }
    }

    @Test("files in the folder of credentials are the supervisor's to guard")
    func credentials() throws {
        let supervisor = try Supervisor(environment: ["CREDENTIALS_DIRECTORY": "/run/c/p.service"])
        #expect(supervisor.guards("/run/c/p.service/master.key"))
        #expect(!supervisor.guards("/run/c/p.services/master.key"))
        #expect(!supervisor.guards("/run/c/p.service/../../master.key"))
        #expect(!supervisor.guards("/var/lib/portillon/master.key"))
        #expect(!Supervisor.none.guards("/master.key"))
        #expect(try !Supervisor(environment: ["CREDENTIALS_DIRECTORY": ""]).guards("/master.key"))
    }

    @Test("the watchdog's interval is read for this process alone")
    func interval() throws {
        func nanoseconds(_ environment: [String: String]) throws -> UInt64? {
            try Supervisor(environment: environment, process: 7).watchdogNanoseconds
        }
        #expect(try nanoseconds(["WATCHDOG_USEC": "30000000"]) == 30_000_000_000)
        #expect(try nanoseconds(["WATCHDOG_USEC": "5", "WATCHDOG_PID": "7"]) == 5_000)
        #expect(try nanoseconds(["WATCHDOG_USEC": "5", "WATCHDOG_PID": "8"]) == nil)
        for text in ["", "0", "-3", "x", "18446744073709551615"] {
            #expect(try nanoseconds(["WATCHDOG_USEC": text]) == nil)
        }
    }

    @Test("it is told by a socket with a path, and by one with an abstract name")
    func tells() throws {
        let name = "portillon-\(UUID().uuidString.lowercased())"
        let path = FileManager.default.temporaryDirectory.appending(path: name).path
        defer { unsafe unlink(path) }
        for address in [path, "@" + name] {
            let receiver = try Self.receiver(address)
            defer { close(receiver) }
            let supervisor = try Supervisor(environment: ["NOTIFY_SOCKET": address])
            supervisor.notifyReady("well")
            #expect(Self.receive(receiver) == "READY=1\nSTATUS=well")
            supervisor.notifyAlive()
            #expect(Self.receive(receiver) == "WATCHDOG=1")
            supervisor.notifyStopping()
            #expect(Self.receive(receiver).hasPrefix("STOPPING=1\nSTATUS="))
            supervisor.notifyReloading()
            #expect(Self.receive(receiver).hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
        }
    }

    @Test("a supervisor that does not read holds nothing up for long")
    func deaf() throws {
        let address = "@portillon-\(UUID().uuidString.lowercased())"
        let receiver = try Self.receiver(address)
        defer { close(receiver) }
        let supervisor = try Supervisor(environment: ["NOTIFY_SOCKET": address])
        // More than the kernel keeps for it, then one that finds no room.
        let began = ContinuousClock.now
        var sent = 0
        while ContinuousClock.now - began < .seconds(0.9), sent < 10_000 {
            supervisor.notifyAlive()
            sent += 1
        }
        #expect(sent < 10_000, "the queue has an end")
        #expect(ContinuousClock.now - began < .seconds(30), "it blocks")
    }

    private static func receiver(_ address: String) throws -> Int32 {
        let made = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | O_CLOEXEC, 0)
        try #require(made >= 0)
        var kernel = sockaddr_un()
        kernel.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(address.utf8)
        if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
        unsafe withUnsafeMutableBytes(of: &kernel.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let isBound = unsafe withUnsafePointer(to: &kernel) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(made, $0, length)
            }
        }
        try #require(isBound == 0, "bind: \(errno)")
        return made
    }

    private static func receive(_ receiver: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = unsafe recv(receiver, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return String(decoding: bytes[..<max(count, 0)], as: UTF8.self)
    }
}

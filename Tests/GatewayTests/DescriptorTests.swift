import Glibc
import Ledger
import Testing

@testable import Gateway

@Suite("A process without descriptors")
struct DescriptorTests {
    @Test("what is kept for others than public connections has room for every webhook's sender")
    func others() {
        var limits = Limits()
        limits.adminConnections = 16
        // Of each of the loops, the admin one too, and of each webhook: connection and bell. Of
        // each loop those beyond the limit, too.
        #expect(
            DescriptorLimit.others(limits, workers: 2)
                == 128 + 3 * 20 + 3 * LedgerLimits.webhooks + 16)
    }

    @Test("a gateway that runs out of descriptors waits for one, idle, and goes on")
    func outOfDescriptors() async {
        // In a process of its own: the limit is the process's.
        await #expect(processExitsWith: .success) {
            let gateway = try TestGateway()
            let health = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
            // Both loops run, and have closed what they accepted.
            for port in [gateway.port, gateway.adminPort] {
                let client = try WireClient(port: port)
                try #require(try client.exchange(health).status == 200)
                client.finishSending()
                try #require(client.ending() == .finished)
            }
            // What must not need a descriptor later is there now.
            let waiting = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var taken: [Int32] = []
            var limit = rlimit(rlim_cur: 128, rlim_max: 128)
            try #require(unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
            while case let copy = dup(waiting), copy >= 0 { taken.append(copy) }
            try #require(!taken.isEmpty)

            // It comes, and cannot be accepted.
            try connect(waiting, to: gateway.port)
            let (before, began) = (processorSeconds(), ContinuousClock.now)
            try #require(silence(on: waiting, milliseconds: 500))
            // Half a second, or more where this thread did not run again at once.
            let passed = (ContinuousClock.now - began) / .seconds(1)
            let spent = processorSeconds() - before
            try #require(spent < passed / 2, "it spins: \(spent) s of \(passed)")

            // The loop has no connection that could close: it notices by itself.
            for descriptor in taken { close(descriptor) }
            let request = Array(health.utf8)
            let sent = unsafe send(waiting, request, request.count, Int32(MSG_NOSIGNAL))
            try #require(sent == request.count)
            try #require(!silence(on: waiting, milliseconds: 30_000), "it never accepts again")
        }
    }
}

private func connect(_ descriptor: Int32, to port: UInt16) throws {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    try #require(result == 0)
}

/// Whether nothing comes for so long.
private func silence(on descriptor: Int32, milliseconds: Int32) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&entry, 1, milliseconds) == 0
}

/// Processor time of this process, over all its threads.
private func processorSeconds() -> Double {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

import Foundation
import Glibc
import Synchronization

/// Many threads that send one request over and over again, each time on a new connection, and
/// throw the answers away: only what they begin with is looked at.
final class GreedyCrowd: Sendable {
    private let request: [UInt8]
    private let port: UInt16
    private let known = Mutex(Known())
    private let isStopped = Atomic(false)
    private let finished = DispatchGroup()

    private struct Known {
        var counts: [Int: Int] = [:]
        var isToldWhen = true
    }

    /// - Parameter request: it asks for its connection to be closed.
    init(_ request: String, port: UInt16) {
        self.request = Array(request.utf8)
        self.port = port
    }

    /// Answers by status; 0 where there was none: who gets none asks no more.
    var counts: [Int: Int] { known.withLock { $0.counts } }
    func count(of status: Int) -> Int { known.withLock { $0.counts[status, default: 0] } }
    /// Whether every 429 had `Retry-After`.
    var isToldWhen: Bool { known.withLock { $0.isToldWhen } }

    func start(_ count: Int) {
        for _ in 0..<count {
            finished.enter()
            Thread.detachNewThread { [self] in
                defer { finished.leave() }
                var buffer = [UInt8](repeating: 0, count: 65_536)
                while !isStopped.load(ordering: .relaxed), ask(&buffer) {}
            }
        }
    }

    func stop() { isStopped.store(true, ordering: .relaxed) }

    /// Waits until all have stopped.
    func join() -> Bool { finished.wait(timeout: .now() + 300) == .success }

    /// - Returns: whether the gateway answered.
    private func ask(_ buffer: inout [UInt8]) -> Bool {
        let head = exchange(&buffer).lowercased()
        let status = Int(head.dropFirst("HTTP/1.1 ".count).prefix(3)) ?? 0
        known.withLock { known in
            known.counts[status, default: 0] += 1
            if status == 429, !head.contains("\r\nretry-after: 1\r\n") { known.isToldWhen = false }
        }
        // A little patience, so that the machine is the gateway's.
        if status != 200 { pause(milliseconds: 200) }
        return status != 0
    }

    /// - Returns: the first of the answer's bytes; empty where the gateway does not answer.
    private func exchange(_ buffer: inout [UInt8]) -> String {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        defer { close(descriptor) }
        var address = LoopbackAddress(port: port).value
        let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { return "" }
        let sent = unsafe request.withUnsafeBytes {
            unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard sent == request.count else { return "" }
        var head = ""
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
            }
            guard count > 0 else { return head }
            if head.isEmpty { head = String(decoding: buffer[..<min(count, 1_024)], as: UTF8.self) }
        }
    }
}

internal import Foundation
internal import Glibc
internal import Synchronization

/// A server on a real socket that answers requests with given bytes, whole or not, and knows no
/// more of HTTP than where a head ends. One connection at a time.
package final class FakeServer: Sendable {
    /// What happens behind the last byte.
    package enum End: Sendable {
        case closes
        /// Nothing, until the client ends the connection.
        case hangs
    }

    package let port: UInt16
    private let descriptor: Int32
    private let answers: [String]
    private let end: End
    private let served = Atomic<Int>(0)

    /// - Parameter answers: one for each request; the last one for all that follow.
    package init(_ answers: [String], then end: End = .closes) throws {
        self.answers = answers
        self.end = end
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let number = descriptor
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(number, $0, length) == 0 && listen(number, 16) == 0
                    ? getsockname(number, $0, &length) : -1
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        guard result == 0 else { throw Failure(code: errno) }
        Thread.detachNewThread { self.run() }
    }

    package struct Failure: Error {
        package let code: Int32
    }

    /// Requests that were answered.
    package var requests: Int { served.load(ordering: .relaxed) }

    /// Ends the server's thread, once it waits for a connection.
    package func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    private func run() {
        while true {
            let connection = accept(descriptor, nil, nil)
            guard connection >= 0 else { break }
            if readHead(connection) {
                let number = served.add(1, ordering: .relaxed).oldValue
                send(answers[min(number, answers.count - 1)], connection)
                if end == .closes { shutdown(connection, Int32(SHUT_WR)) }
                while !receive(connection).isEmpty {}
            }
            close(connection)
        }
        close(descriptor)
    }

    private func readHead(_ connection: Int32) -> Bool {
        var head: [UInt8] = []
        while String(decoding: head, as: UTF8.self).firstRange(of: "\r\n\r\n") == nil {
            let bytes = receive(connection)
            if bytes.isEmpty { return false }
            head += bytes
        }
        return true
    }

    /// What has come, once something has; nothing at the end.
    private func receive(_ connection: Int32) -> [UInt8] {
        var room = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe room.withUnsafeMutableBytes {
            unsafe recv(connection, $0.baseAddress, $0.count, 0)
        }
        return Array(room[..<max(count, 0)])
    }

    private func send(_ text: String, _ connection: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}

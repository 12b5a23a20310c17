internal import Foundation
internal import Glibc
internal import Synchronization

/// A receiver of webhooks on a real socket, one connection at a time: it keeps what it gets, and
/// answers as a test says. It can be stopped, and another one take its port.
package final class WebhookReceiver: Sendable {
    /// One message, as it came.
    package struct Message: Sendable {
        package let line: String
        /// By lower-case name.
        package let fields: [String: String]
        package let body: [UInt8]
        /// How many came before it.
        package let number: Int

        package var id: String { fields["webhook-id"] ?? "" }
        package var text: String { String(decoding: body, as: UTF8.self) }

        /// The type of event.
        package var type: String {
            text.firstMatch(of: /"type":"([^"]*)"/).map { String($0.1) } ?? ""
        }

        /// The number of the record that it is made from.
        package var record: Int {
            text.firstMatch(of: /"record":(\d+)/).flatMap { Int($0.1) } ?? -1
        }
    }

    package let port: UInt16
    private let descriptor: Int32
    private let received = Mutex<[Message]>([])
    private let answer: @Sendable (Message) -> String

    package static let good = "HTTP/1.1 204 No Content\r\n\r\n"

    /// - Parameters:
    ///   - port: one of ``LoopbackPorts``; without it, the next of them.
    ///   - answer: the bytes that a message is answered with; nothing closes the connection.
    package init(
        port: UInt16? = nil, answer: @escaping @Sendable (Message) -> String = { _ in good }
    ) throws {
        self.answer = answer
        self.port = try port ?? LoopbackPorts.take()
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        let number = descriptor
        var one: Int32 = 1
        let width = socklen_t(MemoryLayout<Int32>.size)
        unsafe setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &one, width)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = self.port.bigEndian
        address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(number, $0, length) == 0 ? listen(number, 64) : -1
            }
        }
        guard result == 0 else { throw Failure(code: errno) }
        Thread.detachNewThread { self.run() }
    }

    package struct Failure: Error {
        package let code: Int32
    }

    package var url: String { "http://127.0.0.1:\(port)/hook?to=portillon" }

    /// What has come so far, in order.
    package var messages: [Message] { received.withLock { $0 } }

    /// Waits until so many have come, half a minute at most.
    package func wait(for count: Int) -> [Message] {
        let began = ContinuousClock.now
        while messages.count < count, ContinuousClock.now - began < .seconds(30) {
            Thread.sleep(forTimeInterval: 0.005)
        }
        return messages
    }

    /// Takes no further connection; another one can take the port when this returns. The thread
    /// closes the descriptor: closed here, its number might be another socket's by the time that
    /// the thread accepts from it.
    package func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    private func run() {
        while true {
            let connection = accept(descriptor, nil, nil)
            guard connection >= 0 else { break }
            if let message = read(connection) {
                received.withLock { $0.append(message) }
                send(answer(message), connection)
                shutdown(connection, Int32(SHUT_WR))
            }
            close(connection)
        }
        close(descriptor)
    }

    private func read(_ connection: Int32) -> Message? {
        var bytes: [UInt8] = []
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = text.firstRange(of: "\r\n\r\n") {
                let lines = text[..<end.lowerBound].split(separator: "\r\n")
                var fields: [String: String] = [:]
                for line in lines.dropFirst() {
                    let parts = line.split(separator: ":", maxSplits: 1)
                    guard parts.count == 2 else { continue }
                    fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
                }
                let head = text[..<end.upperBound].utf8.count
                if bytes.count - head >= Int(fields["content-length"] ?? "") ?? 0 {
                    return Message(
                        line: String(lines.first ?? ""), fields: fields,
                        body: Array(bytes[head...]), number: messages.count)
                }
            }
            var room = [UInt8](repeating: 0, count: 65_536)
            let count = unsafe room.withUnsafeMutableBytes {
                unsafe recv(connection, $0.baseAddress, $0.count, 0)
            }
            guard count > 0 else { return nil }
            bytes += room[..<count]
        }
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

import Glibc

/// A pipe that nobody reads and that has no room.
final class FullPipe {
    let reading: Int32
    let writing: Int32

    /// - Parameter blocking: whether a write to it waits, or fails with EAGAIN.
    init(blocking: Bool = true) throws(SystemFailure) {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw SystemFailure(call: "pipe") }
        // Above the numbers under which they are passed on, and kept from other programs.
        reading = fcntl(ends[0], F_DUPFD_CLOEXEC, 100)
        writing = fcntl(ends[1], F_DUPFD_CLOEXEC, 100)
        close(ends[0])
        close(ends[1])
        _ = fcntl(reading, F_SETFL, O_NONBLOCK)
        _ = fcntl(writing, F_SETFL, O_NONBLOCK)
        let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 4_096)
        while unsafe write(writing, bytes, bytes.count) > 0 {}
        if blocking { _ = fcntl(writing, F_SETFL, 0) }
    }

    deinit {
        close(reading)
        close(writing)
    }

    /// Takes out what is there.
    func drain() -> String {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        var text = ""
        while true {
            let count = unsafe read(reading, &bytes, bytes.count)
            if count <= 0 { return text }
            text += String(decoding: bytes[..<count], as: UTF8.self)
        }
    }
}

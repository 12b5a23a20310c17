internal import Glibc

/// Writes whole texts to a descriptor that somebody else made: a terminal, a file, a pipe that
/// blocks or does not.
package struct DescriptorWriter: Sendable {
    package let descriptor: Int32

    package init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Whether it is a terminal.
    package var isTerminal: Bool { isatty(descriptor) == 1 }

    /// The terminal's size in characters; 24 lines of 80 where it does not say.
    package var windowSize: (rows: Int, columns: Int) {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0,
            size.ws_col > 0
        else { return (24, 80) }
        return (Int(size.ws_row), Int(size.ws_col))
    }

    /// What came of a write.
    package struct Result: Equatable, Sendable {
        /// Bytes that were written.
        package var written: Int
        /// The `errno`; 0 where all was written, ECANCELED where the caller gave up.
        package var code: Int32
    }

    /// At most so much is written where a write must not wait: a pipe that is ready for writing
    /// takes it at once (pipe(7), PIPE_BUF).
    private static var atomicBytes: Int { 4_096 }

    /// Writes all of the text, and waits while a pipe is full, also one that does not block.
    package func write(_ text: String) -> Result {
        write(text, giveUp: nil)
    }

    /// Writes all of the text, and waits for a full pipe or a stopped terminal only while `giveUp`
    /// returns false; it is asked ten times a second.
    package func write(_ text: String, giveUp: () -> Bool) -> Result {
        withoutActuallyEscaping(giveUp) { write(text, giveUp: Optional($0)) }
    }

    /// The same, for some time only.
    package func write(_ text: String, withinMilliseconds milliseconds: Int) -> Result {
        let deadline = ContinuousClock.now + .milliseconds(milliseconds)
        return write(text) { ContinuousClock.now >= deadline }
    }

    private func write(_ text: String, giveUp: (() -> Bool)?) -> Result {
        var text = text
        return text.withUTF8 { bytes in
            var result = Result(written: 0, code: 0)
            var isFull = giveUp != nil
            while result.written < bytes.count {
                if isFull, !waitForRoom(giveUp) {
                    result.code = ECANCELED
                    return result
                }
                let left = bytes.count - result.written
                let length = isFull ? min(left, Self.atomicBytes) : left
                // `unsafe`: the buffer outlives the call, and the rest lies in it.
                let rest = unsafe UnsafeRawBufferPointer(
                    rebasing: UnsafeRawBufferPointer(bytes)[result.written...].prefix(length))
                let count = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count > 0 {
                    result.written += count
                } else if count == 0 {
                    result.code = EIO
                    return result
                } else if errno == EAGAIN {
                    isFull = true
                } else if errno != EINTR {
                    result.code = errno
                    return result
                }
            }
            return result
        }
    }

    /// Waits until there is room, or an error to be met.
    /// - Returns: false where the caller gives up.
    private func waitForRoom(_ giveUp: (() -> Bool)?) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        while true {
            if unsafe poll(&entry, 1, giveUp == nil ? -1 : 100) > 0 { return true }
            if let giveUp, giveUp() { return false }
        }
    }
}

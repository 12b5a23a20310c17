import Foundation
import Glibc

/// The keyboard of a terminal, key by key: nothing is shown, and no line's end is waited for.
struct Keyboard: Sendable {
    private let before: termios

    /// Nil where standard input is no terminal.
    init?() {
        var settings = termios()
        guard unsafe tcgetattr(STDIN_FILENO, &settings) == 0 else { return nil }
        before = settings
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
        guard unsafe tcsetattr(STDIN_FILENO, TCSANOW, &settings) == 0 else { return nil }
    }

    /// Leaves the terminal as it was found.
    func restore() {
        var settings = before
        // A terminal that is gone needs nothing.
        _ = unsafe tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    }

    /// Waits, and says whether the end was asked for: by `q`, or by the terminal's end.
    /// - Parameter keyboard: nil only waits.
    static func isEndAsked(_ keyboard: Keyboard?, withinSeconds seconds: Double) -> Bool {
        guard keyboard != nil else {
            Thread.sleep(forTimeInterval: seconds)
            return false
        }
        let deadline = ContinuousClock.now + .seconds(seconds)
        while true {
            let left = (deadline - ContinuousClock.now) / .milliseconds(1)
            guard left > 0 else { return false }
            var entry = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&entry, 1, Int32(left.rounded(.up))) > 0 else { continue }
            var byte: UInt8 = 0
            let count = unsafe read(STDIN_FILENO, &byte, 1)
            if count == 0 || count == 1 && byte | 0x20 == UInt8(ascii: "q") { return true }
            if count < 0, errno != EINTR { return true }
        }
    }
}

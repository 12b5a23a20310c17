internal import Glibc

/// A system call that failed: which one, on what, and the kernel's reason.
package struct SystemError: Error, CustomStringConvertible, Equatable {
    /// The call, as its manual page is named.
    package let call: String
    /// What it was called on: an address, a path.
    package let subject: String
    /// `errno` after the call.
    package let code: Int32

    package init(_ call: String, on subject: String, code: Int32 = errno) {
        self.call = call
        self.subject = subject
        self.code = code
    }

    /// The kernel's reason alone: `Connection refused`.
    package var reason: String { unsafe String(cString: strerror(code)) }

    package var description: String { "\(call) \(subject): \(reason)" }
}

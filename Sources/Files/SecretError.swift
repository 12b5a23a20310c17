/// Why a file that was delivered cannot be used.
package struct SecretError: Error, Equatable, Sendable {
    package enum Reason: Equatable, Sendable {
        /// A call that failed, and its `errno`.
        case system(String, Int32)
        /// A folder, a pipe, a device.
        case notAFile
        /// More than ``SecretReader/maximumBytes``.
        case tooLong
        /// Others than the process can read or change it.
        case shared(mode: UInt32)
        /// A text in UTF-16.
        case sixteenBits
        case empty
        case severalWords
    }

    package let path: String
    package let reason: Reason

    package init(_ path: String, _ reason: Reason) {
        self.path = path
        self.reason = reason
    }

    /// What is wrong and what to do, without the path in front.
    package var detail: String {
        switch reason {
        case .system(let operation, let code): "cannot \(operation) it: \(systemMessage(code))"
        case .notAFile: "not a file; must be a regular file or a link to one"
        case .tooLong: "longer than \(SecretReader.maximumBytes) bytes"
        case .shared(let mode):
            "mode 0\(String(mode, radix: 8)) lets other users read or change it; run chmod 600 "
                + "\(path), or give it to a group of the gateway with mode 0440 (Kubernetes: "
                + "defaultMode 0440 and fsGroup)"
        case .sixteenBits: "a text in UTF-16; save it as UTF-8"
        case .empty: "empty"
        case .severalWords: "has white space inside; must be one word on one line"
        }
    }
}

extension SecretError: CustomStringConvertible {
    package var description: String { "\(path): \(detail)" }
}

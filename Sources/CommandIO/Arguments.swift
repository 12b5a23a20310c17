internal import CLinux

/// The command line as the kernel handed it over.
///
/// Swift's `CommandLine` reads `/proc/self/cmdline` and replaces what is not UTF-8 by U+FFFD. So it
/// has no arguments without `/proc`, or under a preloaded library that hides them, and names files
/// that were not meant.
package enum Arguments {
    /// The arguments without the program's own name.
    /// - Throws: ``ArgumentEncodingError`` for the first one that is not UTF-8.
    package static func read() throws(ArgumentEncodingError) -> [String] {
        let count = Int(linux_argument_count())
        guard count > 0 else { return Array(CommandLine.arguments.dropFirst()) }
        var arguments: [String] = []
        for index in 1..<max(count, 1) {
            // `unsafe`: the copy ends with a zero byte, and is never freed.
            guard let bytes = unsafe linux_argument(Int32(index)) else { break }
            guard let text = unsafe String(validatingCString: bytes) else {
                throw ArgumentEncodingError(
                    subject: "argument \(index)", text: unsafe escaped(bytes))
            }
            arguments.append(text)
        }
        return arguments
    }

    /// Checks the environment's variables with a prefix.
    /// - Throws: ``ArgumentEncodingError`` for the first one that is not UTF-8.
    package static func checkEnvironment(prefix: String) throws(ArgumentEncodingError) {
        var index: Int32 = 0
        // `unsafe`: as for the arguments; nothing changes the environment before threads start.
        while let bytes = unsafe linux_environment(index) {
            index += 1
            let repaired = unsafe String(cString: bytes)
            guard repaired.hasPrefix(prefix), unsafe String(validatingCString: bytes) == nil else {
                continue
            }
            // Its value may be a secret.
            throw ArgumentEncodingError(subject: String(repaired.prefix { $0 != "=" }), text: nil)
        }
    }

    /// Printable ASCII as it is, every other byte as `\xNN`.
    private static func escaped(_ bytes: UnsafePointer<CChar>) -> String {
        var text = ""
        var next = unsafe bytes
        while unsafe next.pointee != 0 {
            let byte = unsafe UInt8(bitPattern: next.pointee)
            if (0x20..<0x7F).contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                text += "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
            }
            unsafe next += 1
        }
        return text
    }
}

/// An argument or a variable that is not UTF-8.
package struct ArgumentEncodingError: Error, Equatable, CustomStringConvertible {
    /// `argument 3`, or a variable's name.
    package let subject: String
    /// What an argument is, in printable ASCII.
    package let text: String?

    package var description: String {
        "\(subject) is not UTF-8\(text.map { ": " + $0 } ?? ""); give it in UTF-8, and rename a "
            + "file whose name is not"
    }
}

internal import Bytes
internal import Glibc

/// Reads whole files that a person names: documents, configurations, scenarios. What is longer than
/// its reader says, or no regular file, is refused before it is read, so memory and time are
/// bounded whatever the name leads to.
package enum WholeFile {
    /// Bytes of a file of settings: a configuration, a policy, a curve, a scenario.
    package static var settingsBytes: Int { 1 << 20 }

    /// - Parameter maximum: bytes.
    /// - Throws: ``FileError``; `EOVERFLOW` where the file is longer.
    package static func read(
        _ path: String, atMost maximum: Int
    ) throws(FileError) -> [UInt8] {
        let file = try File.regular(path)
        let size = try file.size()
        guard size <= maximum else { throw tooLong(path, maximum) }
        // One byte more finds a file that grows meanwhile. Files of the kernel say 0 and are short.
        let wanted = min(size > 0 ? size : kernelFileBytes, maximum) + 1
        var buffer = ByteBuffer(capacity: wanted)
        try file.read(wanted, at: 0, into: &buffer)
        guard buffer.count < wanted else { throw tooLong(path, maximum) }
        return buffer.bytes.array
    }

    private static var kernelFileBytes: Int { 64 << 10 }

    private static func tooLong(_ path: String, _ maximum: Int) -> FileError {
        FileError("read", path, EOVERFLOW, found: "it is longer than \(maximum) bytes")
    }
}

internal import CLinux
internal import Glibc

/// The descriptors 0, 1 and 2 of the process: standard input, output and error.
package enum StandardDescriptors {
    /// Occupies each of them that the process was started without, so that no file opened later
    /// gets its number and with it whatever is written to standard error. The first call of every
    /// program. An occupied descriptor fails as a closed one does, with EBADF.
    /// - Returns: 0, or the `errno` of the descriptor that cannot be had.
    package static func occupy() -> Int32 {
        linux_occupy_standard_descriptors() == 0 ? 0 : errno
    }

    /// Ignores the signal of a write beyond a file-size limit (`ulimit -f`): the write fails with
    /// EFBIG, and its error is reported like others. For every program.
    package static func reportFileSizeLimit() {
        // The call fails only for a signal that does not exist.
        _ = linux_ignore_file_size_limit()
    }
}

/// Why the gateway does not start: one line that names the thing and what to do, and the exit
/// status that goes with it (`sysexits.h`, as the interface has them).
package enum StartError: Error, CustomStringConvertible {
    /// Exit 78: a setting, or an address that cannot be listened on.
    case configuration(String)
    /// Exit 74: a file or folder: unreadable, in use, damaged.
    case file(String)

    package var exitStatus: Int32 {
        switch self {
        case .configuration: 78
        case .file: 74
        }
    }

    package var description: String {
        switch self {
        case .configuration(let text), .file(let text): text
        }
    }
}

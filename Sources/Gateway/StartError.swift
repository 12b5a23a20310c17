/// Why the gateway does not start: one line that names the thing and what to do, and the exit
/// status that goes with it (`sysexits.h`, as the interface has them).
package enum StartError: Error, CustomStringConvertible {
    /// Exit 78: a setting that is not one.
    case configuration(String)
    /// Exit 74: a file or folder that is unreadable, in use or damaged.
    case file(String)
    /// Exit 74: an address that cannot be listened on now.
    case address(String)
    /// Exit 74: a thread that the system does not start.
    case thread(String)

    package var exitStatus: Int32 {
        switch self {
        case .configuration: 78
        case .file, .address, .thread: 74
        }
    }

    package var description: String {
        switch self {
        case .configuration(let text), .file(let text), .address(let text): text
        case .thread(let text): "cannot start a thread for \(text)"
        }
    }
}

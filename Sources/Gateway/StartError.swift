/// Why the gateway does not start: one line that names the thing and what to do, and the exit
/// status that goes with it (`sysexits.h`, as the interface has them).
package enum StartError: Error, CustomStringConvertible {
    /// Exit 78: something in the configuration.
    case configuration(String)
    /// Exit 74: a file or folder, and what was expected of it.
    case unreadable(path: String, String)
    /// Exit 74: the journal or the key store, in its own words.
    case damaged(String)
    /// Exit 78: an address that cannot be listened on.
    case address(String)

    package var exitStatus: Int32 {
        switch self {
        case .configuration, .address: 78
        case .unreadable, .damaged: 74
        }
    }

    package var description: String {
        switch self {
        case .configuration(let text), .damaged(let text), .address(let text): text
        case .unreadable(let path, let expected): "\(path): cannot be used as \(expected)"
        }
    }
}

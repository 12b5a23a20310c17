import CLinux
import Gateway
import Glibc

/// Socket activation (sd_listen_fds(3)): descriptors from 3 on, their number in `LISTEN_FDS`, the
/// process they are for in `LISTEN_PID`, their names in `LISTEN_FDNAMES`.
extension PassedSockets {
    /// The variables of the protocol, for this process and not for its children.
    static let variables = ["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"]

    /// The first passed descriptor (SD_LISTEN_FDS_START).
    private static var first: Int32 { 3 }
    private static var maximum: Int { 256 }

    /// Reads who passed what, and makes the descriptors this process's own.
    /// - Parameter process: whom they must be for, or they are nobody's business here.
    /// - Throws: ``CommandFailure`` 78 where the variables or the descriptors are not what they
    ///   must be.
    init(environment: [String: String], process: pid_t) throws(CommandFailure) {
        self.init()
        guard let text = environment["LISTEN_FDS"], environment["LISTEN_PID"] == "\(process)" else {
            return
        }
        guard let count = Int(text), (1...Self.maximum).contains(count) else {
            throw CommandFailure(
                .configuration,
                "LISTEN_FDS must be a whole number from 1 to \(Self.maximum), not "
                    + "\"\(printable(text))\"")
        }
        let numbers = (0..<Int32(count)).map { Self.first + $0 }
        try assign(numbers, names: environment["LISTEN_FDNAMES"])
        for number in numbers { try Self.claim(number) }
    }

    /// Assigns by name if any name is known; else the first is public, the second admin.
    private mutating func assign(_ numbers: [Int32], names: String?) throws(CommandFailure) {
        let names = names?.split(separator: ":", omittingEmptySubsequences: false)
            .map(String.init)
        if let names, names.count != numbers.count {
            throw CommandFailure(
                .configuration,
                "LISTEN_FDNAMES has \(names.count) names for \(numbers.count) descriptors; their "
                    + "numbers must be equal")
        }
        guard let names, names.contains(where: { ["public", "admin"].contains($0) }) else {
            guard numbers.count <= 2 else {
                throw CommandFailure(
                    .configuration,
                    "\(numbers.count) sockets were passed without a name; set "
                        + "FileDescriptorName= to public or admin")
            }
            `public` = [numbers[0]]
            if numbers.count == 2 { admin = numbers[1] }
            return
        }
        for (number, name) in zip(numbers, names) {
            switch name {
            case "public": `public`.append(number)
            case "admin" where admin == nil: admin = number
            case "admin":
                throw CommandFailure(
                    .configuration, "LISTEN_FDNAMES: only one socket can be admin")
            default:
                throw CommandFailure(
                    .configuration,
                    "LISTEN_FDNAMES: a socket must be public or admin, not \"\(printable(name))\"")
            }
        }
    }

    private static func claim(_ number: Int32) throws(CommandFailure) {
        switch linux_is_listening(number) {
        case 1: break
        case 0:
            throw CommandFailure(
                .configuration,
                "LISTEN_FDS: descriptor \(number) is not a listening TCP socket; set "
                    + "ListenStream= to an address and a port")
        default:
            let reason = systemMessage(errno)
            throw CommandFailure(.configuration, "LISTEN_FDS: descriptor \(number): \(reason)")
        }
        guard fcntl(number, F_SETFD, FD_CLOEXEC) == 0 else {
            let reason = systemMessage(errno)
            throw CommandFailure(.configuration, "LISTEN_FDS: descriptor \(number): \(reason)")
        }
    }
}

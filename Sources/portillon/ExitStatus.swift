/// The exit statuses other than 0; the numbers above 63 are those of `sysexits.h`.
enum ExitStatus: Int32 {
    /// The request failed: the gateway refused it.
    case refused = 1
    case usage = 64
    /// No gateway answered at the address.
    case unreachable = 69
    /// A file, disk or address failed, a gateway's answer did not come whole, or a log is damaged.
    case inputOutput = 74
    case configuration = 78
}

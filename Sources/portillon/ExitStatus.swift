/// What a command exits with beside 0; the numbers above 63 are those of `sysexits.h`.
enum ExitStatus: Int32 {
    /// The thing asked for failed: the gateway said no.
    case refused = 1
    case usage = 64
    /// No gateway answers where one was expected.
    case unreachable = 69
    /// A file, a disk, a damaged log.
    case inputOutput = 74
    case configuration = 78
}

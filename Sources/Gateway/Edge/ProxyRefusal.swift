internal import Wire

/// Why a connection that should begin with a PROXY header was closed.
enum ProxyRefusal: Int, CaseIterable {
    /// It does not come from a trusted proxy.
    case untrusted
    /// It does not begin with a header that can be read.
    case malformed, tooLong, wrongChecksum
    /// The header did not come in time.
    case late

    init(_ fault: ProxyHeader.Rejection) {
        switch fault {
        case .malformed: self = .malformed
        case .tooLong: self = .tooLong
        case .wrongChecksum: self = .wrongChecksum
        }
    }

    var label: StaticString {
        switch self {
        case .untrusted: "untrusted"
        case .malformed: "malformed"
        case .tooLong: "too_long"
        case .wrongChecksum: "wrong_checksum"
        case .late: "late"
        }
    }
}

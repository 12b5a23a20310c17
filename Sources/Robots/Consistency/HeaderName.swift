/// The header fields that the checks read, in the table of names by these numbers; a ruleset may
/// have more.
enum HeaderName: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    case host, connection, contentLength, contentType, userAgent, accept, acceptEncoding
    case acceptLanguage, origin, referer
    case brands, mobile, platform
    case fetchSite, fetchMode, fetchDest, fetchUser
    case upgradeInsecureRequests

    /// In lower case.
    var name: String {
        switch self {
        case .host: "host"
        case .connection: "connection"
        case .contentLength: "content-length"
        case .contentType: "content-type"
        case .userAgent: "user-agent"
        case .accept: "accept"
        case .acceptEncoding: "accept-encoding"
        case .acceptLanguage: "accept-language"
        case .origin: "origin"
        case .referer: "referer"
        case .brands: "sec-ch-ua"
        case .mobile: "sec-ch-ua-mobile"
        case .platform: "sec-ch-ua-platform"
        case .fetchSite: "sec-fetch-site"
        case .fetchMode: "sec-fetch-mode"
        case .fetchDest: "sec-fetch-dest"
        case .fetchUser: "sec-fetch-user"
        case .upgradeInsecureRequests: "upgrade-insecure-requests"
        }
    }

    @inline(__always)
    var bit: UInt64 { 1 << UInt64(rawValue) }
}

/// What posts entries with a front-end key.
package enum FrontEndKind: String, CaseIterable, Codable, Sendable, BitwiseCopyable {
    /// A page or an app: each person's own device sends the entry.
    case browser
    /// A program of the client's, which posts for its visitors. Its head and its address are the
    /// program's own in every entry, and say nothing of who enters.
    case server
}

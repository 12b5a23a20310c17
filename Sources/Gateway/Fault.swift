/// One thing that is wrong with a request's body: where, and what it takes.
struct Fault: Sendable {
    /// RFC 6901.
    let pointer: String
    let detail: String
}

/// What an answer needs to know of its request when it comes later: 8 bytes kept with the
/// connection, because the request's own bytes are gone by then.
struct RequestNote: BitwiseCopyable {
    /// The operation's index; `none` where the request is about none.
    var operation = RequestNote.none
    /// Which of the operation's allowed origins sent it; see the constants.
    var origin = RequestNote.noOrigin
    /// Answer without a body.
    var isHead = false
    /// Answer with `Connection: keep-alive`, which HTTP/1.0 needs to be told.
    var isHTTP10 = false

    static var none: UInt32 { .max }
    /// No `Origin` was sent, or one that may not read the answer.
    static var noOrigin: UInt16 { .max }
    /// The operation allows every origin.
    static var anyOrigin: UInt16 { .max - 1 }
}

internal import COpenSSL

/// OpenSSL's list of what went wrong on this thread.
enum OpenSSLErrorQueue {
    /// The first entry's reason, in words; the list is empty afterwards.
    static func popReason() -> String {
        let first = ERR_get_error()
        ERR_clear_error()
        guard let text = unsafe ERR_reason_error_string(first) else { return "error \(first)" }
        return unsafe String(cString: text)
    }

    /// Empties it: what an earlier call has left would be taken for the next one's.
    static func clear() {
        if ERR_peek_error() != 0 { ERR_clear_error() }
    }
}

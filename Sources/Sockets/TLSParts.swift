internal import COpenSSL

/// What a context carries for its callbacks. It goes when the context goes, which is when the last
/// session of it has ended.
@safe
final class TLSParts {
    let tickets: TicketKeys?
    /// The contexts of other names than this one's; set before the first session is made.
    var others: [Other] = []

    init(_ tickets: TicketKeys?) {
        self.tickets = tickets
    }

    /// Another host's context, held.
    @safe
    final class Other {
        let context: OpaquePointer

        init(context: OpaquePointer) {
            unsafe self.context = context
            unsafe SSL_CTX_up_ref(context)
        }

        deinit {
            unsafe SSL_CTX_free(context)
        }
    }
}

/// What an arrival comes to.
extension Turnstile {
    /// The outcome of an arrival.
    package enum Admission: Equatable, Sendable, BitwiseCopyable {
        case admitted
        /// The entry must return with this number.
        case waiting(Place)
        /// The queue is full.
        case full
    }

    /// A place in the queue.
    package struct Place: Equatable, Sendable, BitwiseCopyable {
        package var number: UInt64
        /// How many numbers are called before this one; 0: it is its turn.
        package var position: UInt64
        /// Milliseconds until it is admitted at the latest, if the pace stays and it returns when
        /// it is to.
        package var estimateMilliseconds: Int64
        /// Milliseconds after which to return; see ``Turnstile/place(of:)``.
        package var retryAfterMilliseconds: Int64
    }
}

/// Carries a value that cannot be copied into the thread that will own it.
final class ThreadHandover<Value: ~Copyable & Sendable>: @unchecked Sendable {
    // `@unchecked Sendable`: stored before the thread starts, received once, by that thread.
    private var value: Value?

    init(_ value: consuming Value) {
        self.value = consume value
    }

    func receive() -> Value {
        guard let received = value.take() else { preconditionFailure("a value is received once") }
        return received
    }
}

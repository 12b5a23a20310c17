/// Carries a value that cannot be copied into the thread that will own it.
final class ThreadHandover<Value: ~Copyable & Sendable>: @unchecked Sendable {
    // `@unchecked Sendable`: loaded before the thread starts, unloaded once, by that thread.
    private var value: Value?

    init(_ value: consuming Value) {
        self.value = consume value
    }

    func receive() -> Value {
        guard let received = value.take() else { preconditionFailure("cargo is unloaded once") }
        return received
    }
}

/// Carries a value that cannot be copied into the thread that will own it.
final class Cargo<Value: ~Copyable & Sendable>: @unchecked Sendable {
    // `@unchecked Sendable`: loaded before the thread starts, unloaded once, by that thread.
    private var value: Value?

    init(_ value: consuming Value) {
        self.value = consume value
    }

    func unload() -> Value {
        guard let unloaded = value.take() else { preconditionFailure("cargo is unloaded once") }
        return unloaded
    }
}

internal import Synchronization

/// What was read of files, and is read again when an operator asks for it: whoever uses it from
/// then on gets the new one.
final class Renewable<Value: Sendable>: Sendable {
    private let stored: Mutex<Value>

    init(_ value: Value) { stored = Mutex(value) }

    var value: Value { stored.withLock { $0 } }

    func change(to value: Value) { stored.withLock { $0 = value } }
}

internal import Glibc

/// Asks again and again, every few milliseconds, until what another thread or process does holds.
/// - Parameter seconds: long enough for a busy machine: a test that passes does not wait for it.
/// - Returns: whether it came to hold in time.
package func eventually(
    withinSeconds seconds: Double = 30, _ holds: () throws -> Bool
) rethrows -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while true {
        if try holds() { return true }
        if ContinuousClock.now >= deadline { return false }
        _ = poll(nil, 0, 3)
    }
}

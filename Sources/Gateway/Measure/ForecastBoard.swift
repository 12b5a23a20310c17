internal import Contract
internal import Synchronization

/// The forecasts of the operations that come near their cover, and what each operation brings; the
/// pulse writes, anyone reads.
final class ForecastBoard: Sendable {
    private let forecasts = Mutex<[UInt32: Forecast]>([:])
    private let rates = Mutex<[UInt32: Double]>([:])

    func forecast(of operation: UInt32) -> Forecast? {
        forecasts.withLock { $0[operation] }
    }

    /// Entries a second that were sent lately, whatever came of them, of each operation that was
    /// sent any.
    var attemptsPerSecond: [UInt32: Double] { rates.withLock { $0 } }

    func replace(by forecasts: [UInt32: Forecast], attemptsPerSecond: [UInt32: Double]) {
        // The old ones are released behind the lock: there may be thousands.
        var (forecasts, attemptsPerSecond) = (forecasts, attemptsPerSecond)
        self.forecasts.withLock { swap(&$0, &forecasts) }
        rates.withLock { swap(&$0, &attemptsPerSecond) }
    }
}

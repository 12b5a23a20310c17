internal import Contract
internal import Synchronization

/// The forecasts of the operations that come near their cover; the pulse writes, anyone reads.
final class ForecastBoard: Sendable {
    private let forecasts = Mutex<[UInt32: Forecast]>([:])

    func forecast(of operation: UInt32) -> Forecast? {
        forecasts.withLock { $0[operation] }
    }

    func replace(by forecasts: [UInt32: Forecast]) {
        // The old ones are released behind the lock: there may be thousands.
        var forecasts = forecasts
        self.forecasts.withLock { swap(&$0, &forecasts) }
    }
}

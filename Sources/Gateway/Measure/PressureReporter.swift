internal import Contract
internal import Ledger
internal import Synchronization

/// Tells the fold what was measured, when it may have to act. Owned by the pulse's thread.
struct PressureReporter {
    private let shared: Shared
    private var told = PressureLevel.calm
    /// Whether the last report has not been decided yet.
    private let isUnderway = Flag()

    private final class Flag: Sendable {
        private let value = Atomic<Bool>(false)
        var isSet: Bool { value.load(ordering: .acquiring) }
        func set(_ newValue: Bool) { value.store(newValue, ordering: .releasing) }
    }

    init(_ shared: Shared) {
        self.shared = shared
    }

    /// - Parameter beat: counts the samples, ``PressureFollower/frequency`` a second.
    mutating func report(_ sample: PressureSample, _ load: LoadMeter, beat: Int) {
        guard !isUnderway.isSet else { return }
        let isChange = sample.level != told
        let isBeat = beat % (PressureFollower.frequency / 2) == 0
        guard isChange || isBeat else { return }
        let catalogue = shared.catalogue.withLock { $0 }
        let isHeld = catalogue.operations.contains { $0.rung != .open }
        let isSecond = beat % PressureFollower.frequency == 0
        let isNeeded =
            sample.level >= .strained && catalogue.operations.contains(where: \.isBeyondCover)
            || isHeld && isSecond
        guard isChange || isNeeded else { return }
        tell(load.report(sample, catalogue))
        told = sample.level
    }

    private func tell(_ report: PressureReport) {
        let record = AdministrativeRecord(.measured(report: report), by: .gateway)
        do {
            let encoded = try record.json()
            isUnderway.set(true)
            shared.administration.leave(
                AdministrativeRequest(record: record, encoded: encoded) { [isUnderway] _ in
                    isUnderway.set(false)
                })
        } catch {
            preconditionFailure("names and whole numbers are JSON: \(error)")
        }
    }
}

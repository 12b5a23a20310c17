internal import Contract
internal import Ledger
internal import Synchronization

/// Tells the fold what was measured, when it may have to act. Owned by the pulse's thread.
struct PressureReporter {
    private let shared: Shared
    private let fate = Fate()

    /// What became of the reports so far; the sequencer says it.
    final class Fate: Sendable {
        private let state = Mutex((told: PressureLevel.calm, isUnderway: false, isRefused: false))

        /// The level that the fold knows of; nil while it has not decided a report yet.
        var told: PressureLevel? { state.withLock { $0.isUnderway ? nil : $0.told } }
        /// Whether the disk had no room for the last one.
        var isRefused: Bool { state.withLock { $0.isRefused } }

        func begin() { state.withLock { $0.isUnderway = true } }

        /// What the disk had no room for was not told.
        func end(_ outcome: AdministrativeOutcome, _ level: PressureLevel) {
            state.withLock { state in
                state.isUnderway = false
                if case .noSpace = outcome {
                    state.isRefused = true
                } else {
                    state.isRefused = false
                    state.told = level
                }
            }
        }
    }

    init(_ shared: Shared) {
        self.shared = shared
    }

    /// - Parameter beat: counts the samples, ``PressureFollower/frequency`` a second.
    func report(_ sample: PressureSample, _ load: LoadMeter, beat: Int) {
        guard let told = fate.told else { return }
        let isChange = sample.level != told
        let isBeat = beat % (PressureFollower.frequency / 2) == 0
        guard isChange && !fate.isRefused || isBeat else { return }
        let catalogue = shared.catalogue.withLock { $0 }
        let isHeld = catalogue.operations.contains { $0.rung != .open }
        let isSecond = beat % PressureFollower.frequency == 0
        let isNeeded =
            sample.level >= .strained && catalogue.operations.contains(where: \.isBeyondCover)
            || isHeld && isSecond
        guard isChange || isNeeded else { return }
        tell(load.report(sample, catalogue))
    }

    private func tell(_ report: PressureReport) {
        let record = AdministrativeRecord(.measured(report: report), by: .gateway)
        do {
            let encoded = try record.json()
            fate.begin()
            let request = AdministrativeRequest(record: record, encoded: encoded) { [fate] in
                fate.end($0, report.level)
            }
            shared.administration.leave(request)
        } catch {
            preconditionFailure("names and whole numbers are JSON: \(error)")
        }
    }
}

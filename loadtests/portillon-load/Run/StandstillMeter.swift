import Foundation
import Glibc
import Sockets
import Synchronization

/// Notices when the machine stands still: on each core a thread sleeps for a millisecond at a time,
/// at the highest priority that it may have, and notes how late it wakes.
///
/// A virtual machine whose host gives its processors to others, or holds them to a budget, runs
/// nothing for some milliseconds, and a server on it answers nobody meanwhile. At real-time
/// priority nothing of the machine's own keeps such a thread from running, so that it is late by
/// what the host took; the kernel's own work takes less than ``leastNanoseconds``.
///
/// Each thread wakes a thousand times a second, for a few microseconds.
final class StandstillMeter: Sendable {
    /// What one thread found.
    private struct Watched {
        /// Times of the monotonic clock, in nanoseconds.
        var standstills: [Range<UInt64>] = []
        var isRealTime: Bool
        var cpuNanoseconds: UInt64
    }

    private let isStopped = Atomic(false)
    private let watched = Mutex<[Watched]>([])
    private let running = DispatchGroup()
    private let began = MonotonicClock.nanoseconds
    private let stealBefore = ProcessorTimes.current

    private static let pauseNanoseconds: UInt64 = 1_000_000
    static let leastNanoseconds: UInt64 = 2_000_000
    /// Of each thread; a machine that stands still more often is judged by these.
    private static let mostStandstills = 50_000

    /// Begins.
    /// - Parameter cores: a thread on each.
    init(cores: [Int]) {
        for core in cores {
            running.enter()
            Thread.detachNewThread { [self] in
                watch(core)
                running.leave()
            }
        }
    }

    /// Ends.
    /// - Returns: what was found; when the machine ran as it should, nil where that cannot be told;
    ///   and the processor time that looking took.
    func stop() -> (found: Standstills, quiet: QuietTimes?, cpuNanoseconds: UInt64) {
        isStopped.store(true, ordering: .relaxed)
        running.wait()
        let elapsed = MonotonicClock.nanoseconds - began
        let watched = watched.withLock { $0 }
        let standstills = watched.flatMap(\.standstills)
        var found = Self.summary(of: standstills, within: elapsed)
        found.isRealTime = !watched.isEmpty && watched.allSatisfy(\.isRealTime)
        found.stealShare = stealBefore.flatMap { before in
            ProcessorTimes.current?.stealShare(since: before)
        }
        let isWhole = watched.allSatisfy { $0.standstills.count < Self.mostStandstills }
        return (
            found, found.isRealTime && isWhole ? QuietTimes(without: standstills) : nil,
            watched.reduce(0) { $0 + $1.cpuNanoseconds }
        )
    }

    /// Standstills of several cores at the same time are one.
    static func summary(of standstills: [Range<UInt64>], within elapsed: UInt64) -> Standstills {
        let merged = merged(standstills)
        let lengths = merged.map { $0.upperBound - $0.lowerBound }
        return Standstills(
            count: merged.count, longestMs: Double(lengths.max() ?? 0) / 1e6,
            share: Double(lengths.reduce(0, +)) / Double(max(elapsed, 1)), isRealTime: false)
    }

    /// In order; what overlaps or touches is one.
    static func merged(_ times: [Range<UInt64>]) -> [Range<UInt64>] {
        var merged: [Range<UInt64>] = []
        for one in times.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, one.lowerBound <= last.upperBound {
                let end = max(last.upperBound, one.upperBound)
                merged[merged.count - 1] = last.lowerBound..<end
            } else {
                merged.append(one)
            }
        }
        return merged
    }

    // MARK: One thread

    private func watch(_ core: Int) {
        Cores.use(core)
        let isRealTime = Self.raisePriority()
        var standstills: [Range<UInt64>] = []
        var due = MonotonicClock.nanoseconds + Self.pauseNanoseconds
        while !isStopped.load(ordering: .relaxed) {
            Self.sleep(until: due)
            let now = MonotonicClock.nanoseconds
            let isLate = now > due && now - due >= Self.leastNanoseconds
            if isLate, standstills.count < Self.mostStandstills { standstills.append(due..<now) }
            due = now + Self.pauseNanoseconds
        }
        let found = Watched(
            standstills: standstills, isRealTime: isRealTime,
            cpuNanoseconds: MonotonicClock.threadNanoseconds)
        watched.withLock { $0.append(found) }
    }

    /// Returns earlier where a signal comes.
    private static func sleep(until nanoseconds: UInt64) {
        var time = timespec(
            tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        _ = unsafe clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil)
    }

    /// Gives the calling thread the highest priority that it may have.
    /// - Returns: whether that is real-time priority.
    private static func raisePriority() -> Bool {
        var highest = sched_param()
        highest.sched_priority = sched_get_priority_max(SCHED_FIFO)
        if unsafe pthread_setschedparam(pthread_self(), SCHED_FIFO, &highest) == 0 { return true }
        // Where this is not allowed either, it stays as it is.
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, -20)
        return false
    }
}

/// The first line of `/proc/stat`: processor time of all cores since the start of the machine.
private struct ProcessorTimes {
    let all: UInt64
    let stolen: UInt64

    /// Nil where there is no such line.
    static var current: ProcessorTimes? {
        // Without the file the report says less, and is no less true.
        let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8)
        guard let line = text?.split(separator: "\n").first, line.hasPrefix("cpu ") else {
            return nil
        }
        let times = line.split(separator: " ").dropFirst().compactMap { UInt64($0) }
        // proc(5): user, nice, system, idle, iowait, irq, softirq, steal; the rest is in these.
        guard times.count >= 8 else { return nil }
        return ProcessorTimes(all: times[..<8].reduce(0, +), stolen: times[7])
    }

    func stealShare(since before: ProcessorTimes) -> Double? {
        all > before.all ? Double(stolen - before.stolen) / Double(all - before.all) : nil
    }
}

import CommandIO
import Foundation
import Gateway
import Synchronization

/// The log's lines on their way to standard error: a bounded queue, and a thread that writes.
///
/// Whoever logs leaves a line here and goes on, however long the reader of a pipe or a full disk
/// takes. Where the queue is full, or a line cannot be written, the line is dropped, counted, and
/// reported by a line of its own as soon as one can be written again.
final class LogQueue: ProcessLog, @unchecked Sendable {
    // `@unchecked Sendable`: `state` is touched under `condition` only.
    private let condition = NSCondition()
    private var state = State()
    private let dropped = Atomic<UInt64>(0)
    private let writer: DescriptorWriter
    /// The line that reports dropped ones.
    private let report: @Sendable (_ lines: UInt64) -> String

    /// Lines and bytes that wait at most.
    static var maximumLines: Int { 4_096 }
    static var maximumBytes: Int { 1 << 20 }

    private struct Line {
        /// Lines that were dropped between this one and the one before.
        var droppedBefore: UInt64
        var text: String
    }

    private struct State {
        var lines: [Line] = []
        var bytes = 0
        /// Lines dropped behind the last one of the queue.
        var droppedBehind: UInt64 = 0
        /// Whether the thread has lines in hand.
        var isWriting = false
    }

    /// - Parameters:
    ///   - descriptor: where lines go.
    ///   - report: makes a line, with its line feed, of a number of dropped ones.
    init(to descriptor: Int32, report: @escaping @Sendable (_ lines: UInt64) -> String) {
        writer = DescriptorWriter(descriptor)
        self.report = report
        let thread = Thread { [self] in run() }
        thread.name = "log"
        thread.start()
    }

    /// Lines that were not written, and will not be.
    var droppedLines: UInt64 { dropped.load(ordering: .relaxed) }

    /// Leaves a line, with its line feed, and returns at once.
    func append(_ text: String) {
        condition.lock()
        defer { condition.unlock() }
        let bytes = text.utf8.count
        guard state.lines.count < Self.maximumLines, state.bytes + bytes <= Self.maximumBytes else {
            state.droppedBehind += 1
            dropped.add(1, ordering: .relaxed)
            return
        }
        state.lines.append(Line(droppedBefore: state.droppedBehind, text: text))
        state.droppedBehind = 0
        state.bytes += bytes
        condition.broadcast()
    }

    func flush(withinMilliseconds milliseconds: Int) {
        let deadline = Date(timeIntervalSinceNow: Double(milliseconds) / 1_000)
        condition.lock()
        defer { condition.unlock() }
        while !state.lines.isEmpty || state.isWriting {
            if !condition.wait(until: deadline) { return }
        }
    }

    // MARK: The thread

    /// Dropped lines that no line has reported yet; the thread's own, as the next one.
    private var unreported: UInt64 = 0
    /// Whether a line was cut: the next one begins with a line feed.
    private var isCut = false

    private func run() -> Never {
        while true {
            let (lines, behind) = take()
            for line in lines {
                unreported += line.droppedBefore
                writeReport()
                if !write(line.text) {
                    unreported += 1
                    dropped.add(1, ordering: .relaxed)
                }
            }
            unreported += behind
            writeReport()
        }
    }

    /// Waits for lines, or, while something is unreported, for a second.
    private func take() -> (lines: [Line], droppedBehind: UInt64) {
        condition.lock()
        defer { condition.unlock() }
        state.isWriting = false
        condition.broadcast()
        while state.lines.isEmpty {
            if unreported == 0 {
                condition.wait()
            } else if !condition.wait(until: Date(timeIntervalSinceNow: 1)) {
                break
            }
        }
        let taken = (state.lines, state.droppedBehind)
        state = State()
        state.isWriting = true
        return taken
    }

    private func writeReport() {
        if unreported > 0, write(report(unreported)) { unreported = 0 }
    }

    private func write(_ text: String) -> Bool {
        let result = writer.write(isCut ? "\n" + text : text)
        if result.written > 0 { isCut = result.code != 0 }
        return result.code == 0
    }
}

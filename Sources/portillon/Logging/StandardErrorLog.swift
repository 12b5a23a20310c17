import Bytes
import Foundation
import Gateway
import Glibc
import Logging
internal import Time

/// The process's log on standard error, one whole line for each message. No message waits for the
/// reader: see ``LogQueue``.
struct StandardErrorLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private let format: LogFormat
    private let queue: LogQueue

    init(_ format: LogFormat, level: Logger.Level, to queue: LogQueue) {
        self.format = format
        self.queue = queue
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        if let error = event.error { all["error"] = "\(error)" }
        queue.append(format.line(at: .now, event.level, event.message.description, all))
    }
}

extension Timestamp {
    fileprivate static var now: Timestamp {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    }
}

/// The log of a process that serves: messages by its logger, and their way out.
struct ServiceLog: Sendable {
    let logger: Logger
    let queue: LogQueue

    /// The log by the configuration; its thread starts here.
    init(_ configuration: Configuration) {
        guard let format = LogFormat(rawValue: configuration.text("log.format")),
            let level = Logger.Level(rawValue: configuration.text("log.level"))
        else { preconditionFailure("log.format and log.level are checked") }
        let queue = LogQueue(to: STDERR_FILENO) { lines in
            format.line(
                at: .now, .warning, "log lines dropped: standard error took them too slowly",
                ["lines": .stringConvertible(Int(clamping: lines))])
        }
        self.queue = queue
        logger = Logger(label: "portillon") { _ in
            StandardErrorLog(format, level: level, to: queue)
        }
    }

    /// Waits until the log's last lines are written, for a second at most.
    func finish() { queue.flush(withinMilliseconds: 1_000) }
}

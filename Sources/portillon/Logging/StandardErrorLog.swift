import Bytes
import Foundation
import Logging
internal import Time

/// Writes the log to standard error, one whole line in each write.
struct StandardErrorLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private let format: LogFormat

    init(_ format: LogFormat, level: Logger.Level) {
        self.format = format
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
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        let line = format.line(at: now, event.level, event.message.description, all)
        // If standard error is gone, no one can be told; the gateway continues.
        try? Output.error.write(line)
    }
}

extension Logger {
    /// The process's logger, by the configuration.
    init(_ configuration: Configuration) {
        guard let format = LogFormat(rawValue: configuration.text("log.format")),
            let level = Level(rawValue: configuration.text("log.level"))
        else { preconditionFailure("log.format and log.level are checked") }
        self.init(label: "portillon") { _ in StandardErrorLog(format, level: level) }
    }
}

import Foundation

extension Machine {
    /// The one that the runner is on.
    static var current: Machine {
        // Without these files a report says less, and is no less true.
        let processors = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
        // Likewise.
        let kernel = try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)
        let model = processors?.split(separator: "\n").first { $0.hasPrefix("model name") }
        return Machine(
            processor: model?.split(separator: ": ").last.map(String.init) ?? "unknown",
            cores: ProcessInfo.processInfo.processorCount,
            coresAllowed: ProcessInfo.processInfo.activeProcessorCount,
            kernel: kernel?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown")
    }
}

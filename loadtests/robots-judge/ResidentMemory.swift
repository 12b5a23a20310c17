import Foundation

/// The process's memory that it has at hand, as the kernel counts it.
enum ResidentMemory {
    /// In bytes; nil where the kernel does not say.
    static var bytes: Int? {
        // Not on Linux, or without /proc: the figure is left out.
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
            return nil
        }
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
            .map { $0 * Int(getpagesize()) }
    }
}

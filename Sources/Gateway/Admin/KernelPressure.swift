internal import Foundation

/// The kernel's own measure of pressure (PSI, /proc/pressure).
enum KernelPressure {
    /// Share of the last ten seconds that some task waited for the resource, 0 to 100; 0 where the
    /// kernel does not measure it.
    /// - Parameter resource: `cpu`, `memory` or `io`.
    static func read(_ resource: String) -> Double {
        // A kernel without PSI has no such file, and that is no failure.
        guard let text = try? String(contentsOfFile: "/proc/pressure/\(resource)", encoding: .utf8),
            let field = text.split(separator: " ").first(where: { $0.hasPrefix("avg10=") })
        else { return 0 }
        return Double(field.dropFirst("avg10=".count)) ?? 0
    }
}

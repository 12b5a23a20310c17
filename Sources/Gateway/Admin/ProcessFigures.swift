internal import Foundation
internal import Glibc

/// What the kernel says of this process, as Prometheus' clients name it.
struct ProcessFigures {
    var cpuSeconds = 0.0
    var openDescriptors = 0
    var maximumDescriptors: UInt64 = 0
    var residentBytes = 0
    var virtualBytes = 0

    static func read() -> ProcessFigures {
        var figures = ProcessFigures()
        var usage = rusage()
        // Both calls fail on a programmer's mistake only.
        if unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
            figures.cpuSeconds =
                Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
                + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
        }
        var limit = rlimit()
        if unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            figures.maximumDescriptors = UInt64(limit.rlim_cur)
        }
        // Where /proc is not mounted these figures are 0, and the others still stand.
        let memory = try? String(contentsOfFile: "/proc/self/statm", encoding: .ascii)
        let pages = (memory ?? "").split(separator: " ").compactMap { Int($0) }
        if pages.count > 1 {
            let pageBytes = Int(sysconf(Int32(_SC_PAGESIZE)))
            figures.virtualBytes = pages[0] * pageBytes
            figures.residentBytes = pages[1] * pageBytes
        }
        // As above; the folder's own descriptor is among them, and gone again.
        let descriptors = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        figures.openDescriptors = max((descriptors?.count ?? 1) - 1, 0)
        return figures
    }
}

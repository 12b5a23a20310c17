internal import Bytes
internal import Files
internal import Glibc

/// Memory that this process can still take: what the machine has, and what the control groups that
/// the process is in leave it (cgroup v2; under version 1 the machine's alone counts).
struct AvailableMemory {
    /// Where the kernel shows processes and control groups; other folders for tests.
    var processes = "/proc"
    var groups = "/sys/fs/cgroup"

    /// Bytes that the process may have in all: the machine's, or what its groups may take; nil
    /// where the kernel does not say.
    var mostBytes: Int? {
        // `MemTotal:       1234 kB`
        let machine = number(named: "MemTotal:", in: processes + "/meminfo").map { $0 << 10 }
        return groupFolders.reduce(machine) { most, folder in
            guard let limit = lines(of: folder + "/memory.max").first.flatMap({ Int($0) })
            else { return most }
            return min(most ?? limit, limit)
        }
    }

    /// Bytes; nil where the kernel does not say.
    var bytes: Int? {
        var least = machineBytes
        for folder in groupFolders {
            guard let bytes = bytesLeft(in: folder) else { continue }
            least = min(least ?? bytes, bytes)
        }
        return least
    }

    private var machineBytes: Int? {
        // `MemAvailable:    1234 kB`
        number(named: "MemAvailable:", in: processes + "/meminfo").map { $0 << 10 }
    }

    /// The process's group and those that it is in, the innermost first.
    private var groupFolders: [String] {
        // `0::/system.slice/portillon.service`
        guard
            let line = lines(of: processes + "/self/cgroup").first(where: { $0.hasPrefix("0::/") })
        else { return [] }
        var parts = line.dropFirst(4).split(separator: "/")
        var folders: [String] = []
        while !parts.isEmpty {
            folders.append(groups + "/" + parts.joined(separator: "/"))
            parts.removeLast()
        }
        // The root of all groups has no limit; that of a container may.
        return folders + [groups]
    }

    /// What a group may take less what it has taken; files in the page cache that nobody used
    /// lately give way.
    private func bytesLeft(in folder: String) -> Int? {
        guard let limit = lines(of: folder + "/memory.max").first.flatMap({ Int($0) }),
            let used = lines(of: folder + "/memory.current").first.flatMap({ Int($0) })
        else { return nil }
        let files = number(named: "inactive_file", in: folder + "/memory.stat") ?? 0
        return max(0, limit - max(0, used - files))
    }

    private func number(named name: String, in path: String) -> Int? {
        for line in lines(of: path) {
            let words = line.split(separator: " ")
            if words.count > 1, words[0] == name { return Int(words[1]) }
        }
        return nil
    }

    private func lines(of path: String) -> [Substring] {
        var buffer = ByteBuffer(capacity: Self.fileBytes)
        do throws(FileError) {
            try File(path, O_RDONLY).read(Self.fileBytes, at: 0, into: &buffer)
        } catch {
            // Another kernel shows other files: what it does not say is not known.
            return []
        }
        return buffer.text.split(separator: "\n")
    }

    private static var fileBytes: Int { 16 << 10 }
}

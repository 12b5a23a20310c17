import Foundation
import Glibc
import Testing

@testable import Gateway

@Suite("Who can change a data folder beside the gateway")
struct DataFolderAccessTests {
    private let folder: TestFolder
    private let log = RecordedLog()

    init() throws {
        folder = try TestFolder()
        for name in ["/journal", "/keys"] {
            try FileManager.default.createDirectory(
                atPath: folder.path + name, withIntermediateDirectories: false)
            set("", 0o700)
            set(name, 0o700)
        }
    }

    private func set(_ name: String, _ mode: mode_t) {
        #expect(unsafe chmod(folder.path + name, mode) == 0)
    }

    /// The refusal; nil for none.
    private func check() throws -> String? {
        do throws(StartError) {
            try DataFolder(folder.path).checkAccess(log.logger)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test("one that every user can change is refused", arguments: ["", "/journal", "/keys"])
    func refused(name: String) throws {
        #expect(try check() == nil)
        #expect(log.lines.isEmpty, "\(log.lines)")
        for mode: mode_t in [0o777, 0o1777, 0o703] {
            set(name, mode)
            let refusal = try #require(try check())
            #expect(refusal.contains(folder.path + name + ": mode 0"), "\(refusal)")
            #expect(refusal.contains("chmod 700"), "\(refusal)")
        }
        set(name, 0o755)
        #expect(try check() == nil)
    }

    @Test("one that the files' usual group can change is told, and keys that others can list")
    func warned() throws {
        set("/keys", 0o755)
        #expect(try check() == nil)
        #expect(log.lines.map { $0["folder"] } == [folder.path + "/keys"])
        #expect(log.lines.first?["mode"] == "0755")
        set("/keys", 0o700)
        set("", 0o770)
        #expect(try check() == nil)
        #expect(log.lines.map { $0["folder"] }.last == folder.path)
        #expect(log.lines.count == 2)
    }

    @Test(
        "a volume of another user is used as it is: by the gateway's group, or with a warning",
        .enabled(if: geteuid() == 0, "needs root, to give folders away"))
    func volumes() throws {
        #expect(unsafe chown(folder.path, 4_711, getegid()) == 0)
        set("", 0o2775)
        #expect(try check() == nil)
        #expect(log.lines.isEmpty, "\(log.lines)")
        set("", 0o777)
        #expect(try check() == nil)
        #expect(log.lines.map { $0["mode"] } == ["0777"])
    }
}

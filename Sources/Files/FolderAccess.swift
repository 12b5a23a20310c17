internal import Glibc

/// What others than the process may do in a folder: who can change the names in it can put another
/// file in the place of one that only its owner can write.
package struct FolderAccess: Sendable, Equatable {
    /// The permissions; where there is an access list, those of the group are its mask.
    package let mode: UInt32
    /// Whether it is the process's user's, who can change that.
    package let isOwn: Bool
    /// Whether every user can change names.
    package let everybodyMayWrite: Bool
    /// Whether a user can who is not of a group by which the process itself is meant to.
    package let strangersMayWrite: Bool
    /// The same for reading the names, and opening what has them.
    package let strangersMayRead: Bool

    /// - Throws: ``FileError`` where it cannot be opened.
    package init(_ path: String) throws(FileError) {
        let folder = try File(path, O_RDONLY | O_DIRECTORY)
        let status = try folder.status()
        let check = AccessCheck(folder, status)
        mode = UInt32(status.st_mode) & 0o7777
        isOwn = status.st_uid == geteuid()
        everybodyMayWrite = status.st_mode & 0o002 != 0
        strangersMayWrite = everybodyMayWrite || check.strangersMay(2)
        strangersMayRead = status.st_mode & 0o007 != 0 || check.strangersMay(5)
    }
}

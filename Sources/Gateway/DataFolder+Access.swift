internal import Files
internal import Logging

/// Who can change a data folder beside the gateway. Who can write in a folder can put a journal,
/// keys or an admin token of their own in place of the gateway's, whatever the files' modes.
extension DataFolder {
    /// Refuses a folder of the gateway's own that every user can change. Other faults go to the
    /// log: volumes are made by whoever mounts them, and the gateway cannot set them right.
    /// - Throws: ``StartError``.
    func checkAccess(_ logger: Logger) throws(StartError) {
        for folder in [path, path + "/journal", path + "/keys"] where Folder.exists(folder) {
            let access: FolderAccess
            do {
                access = try FolderAccess(folder)
            } catch {
                throw .file("\(error)")
            }
            let mode = "0" + String(access.mode, radix: 8)
            guard !(access.everybodyMayWrite && access.isOwn) else {
                throw .file(
                    "\(folder): mode \(mode) lets every user put files of their own in place of "
                        + "the gateway's; run chmod 700 \(folder)")
            }
            if access.strangersMayWrite {
                logger.warning(
                    """
                    other users can put files of their own in place of the gateway's; run chmod \
                    700, or give the folder to another user and a group of the gateway
                    """,
                    metadata: ["folder": "\(folder)", "mode": "\(mode)"])
            } else if access.strangersMayRead, folder.hasSuffix("/keys") {
                logger.warning(
                    "other users can read the names of keys; run chmod 700",
                    metadata: ["folder": "\(folder)", "mode": "\(mode)"])
            }
        }
    }
}

/// What a backup holds after a run.
struct BackupResult: Encodable {
    let backup: String
    let store: String?
    var segments = 0
    var segmentsCopied = 0
    var bytesCopied = 0
    var keys: Int?
    var exports: Int?
    var records: UInt64 = 0
    var lastSequence: UInt64 = 0
    var lastTime: String?
    var chain = ""
    var remarks: [String] = []

    init(backup: String, store: String?) {
        self.backup = backup
        self.store = store
    }

    var text: String {
        var pairs = [("backup", backup)]
        if let store { pairs.append(("store", store)) }
        pairs.append(("segments", "\(segments), \(segmentsCopied) copied now"))
        pairs.append(("keys", keys.map { "\($0) operations" } ?? "left out"))
        if let exports { pairs.append(("exports", "\(exports)")) }
        if let lastTime { pairs.append(("last record", "\(lastSequence), \(lastTime)")) }
        pairs.append(("chain", chain))
        return listing(pairs) + remarks.map { $0 + "\n" }.joined()
            + "The backup is whole and verified. The master key is not in it.\n"
    }

    private enum CodingKeys: String, CodingKey {
        case backup, store, segments, keys, exports, records, chain, remarks
        case segmentsCopied = "segments_copied"
        case bytesCopied = "bytes_copied"
        case lastSequence = "last_sequence"
        case lastTime = "last_time"
    }
}

internal import Ledger

/// Stands for those settings of an operation that a worker judges entries by, on its own copy. The
/// leader compares it with its own: where they differ, the node that sent the entry is behind a
/// change, or before it, and the entry is to come again.
struct SettingsMark {
    /// FNV-1a, 64 bits; never 0, which stands for an entry that is not compared.
    private var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    static func mark(of settings: OperationSettings) -> UInt64 {
        var mark = SettingsMark()
        mark.add(settings.rule.rawValue)
        mark.add(settings.robots.rawValue)
        mark.add(UInt64(settings.identityMark))
        mark.add(UInt64(settings.minimumAge.map { $0 + 1 } ?? 0))
        mark.add(UInt64(settings.consents.count))
        for consent in settings.consents { mark.add(consent) }
        mark.add(UInt64(settings.allowedOrigins.count))
        for origin in settings.allowedOrigins { mark.add(origin) }
        // Nothing where there is none: a mark of settings without it stays what it was.
        if !settings.allowedRobots.isEmpty {
            mark.add(UInt64(settings.allowedRobots.count))
            for robot in settings.allowedRobots { mark.add(robot) }
        }
        return max(mark.hash, 1)
    }

    private mutating func add(_ text: String) {
        add(UInt64(text.utf8.count))
        for byte in text.utf8 { add(byte) }
    }

    private mutating func add(_ number: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) {
            add(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
        }
    }

    private mutating func add(_ byte: UInt8) {
        hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }
}

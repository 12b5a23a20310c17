/// The keys of one log in etcd, all behind one prefix.
struct LogKeys {
    let prefix: [UInt8]
    let owner: [UInt8]
    /// Holds the number of the oldest record that was not trimmed, as digits.
    let trimmed: [UInt8]
    /// Holds where the log begins, ``LogBeginning``.
    let beginning: [UInt8]
    private let batches: [UInt8]
    private let values: [UInt8]

    init(prefix: String) {
        self.prefix = Array(prefix.utf8)
        owner = Array((prefix + "owner").utf8)
        trimmed = Array((prefix + "trimmed").utf8)
        beginning = Array((prefix + "beginning").utf8)
        batches = Array((prefix + "log/").utf8)
        values = Array((prefix + "data/").utf8)
    }

    func batch(_ first: UInt64) -> [UInt8] { batches + Self.digits(first) }

    /// Behind the last batch that there can be: `0` follows `/`.
    var behindBatches: [UInt8] { batches.dropLast() + [UInt8(ascii: "0")] }

    /// Behind everything.
    var behindAll: [UInt8] { prefix.dropLast() + [(prefix.last ?? 0) + 1] }

    func value(_ key: String) -> [UInt8] { values + key.utf8 }

    /// Behind the last value whose key begins so.
    func behindValues(_ prefix: String) -> [UInt8] {
        let start = value(prefix)
        // `z` and what else keys are of is below 255.
        return start.dropLast() + [(start.last ?? 0) + 1]
    }

    /// The key of a value; nil where it is none.
    func name(ofValueAt key: [UInt8]) -> String? {
        key.starts(with: values)
            ? String(decoding: key.dropFirst(values.count), as: UTF8.self) : nil
    }

    /// The first record of the batch at a key; nil where the key is none of a batch.
    func first(ofBatchAt key: [UInt8]) -> UInt64? {
        key.starts(with: batches) ? Self.number(key.dropFirst(batches.count)) : nil
    }

    /// Twenty digits, which sort as the numbers do.
    static func digits(_ number: UInt64) -> [UInt8] {
        let text = Array(String(number).utf8)
        return Array(repeating: UInt8(ascii: "0"), count: 20 - text.count) + text
    }

    static func number(_ digits: some Collection<UInt8>) -> UInt64? {
        guard digits.count == 20 else { return nil }
        var number: UInt64 = 0
        for digit in digits {
            guard digit >= 0x30, digit <= 0x39 else { return nil }
            let (tenfold, overflows) = number.multipliedReportingOverflow(by: 10)
            let (sum, carries) = tenfold.addingReportingOverflow(UInt64(digit - 0x30))
            guard !overflows, !carries else { return nil }
            number = sum
        }
        return number
    }
}

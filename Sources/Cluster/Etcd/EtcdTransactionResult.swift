internal import Bytes

/// What a transaction did, with the bytes of keys and values.
struct EtcdTransactionResult: ~Copyable {
    let answer: EtcdTransactionAnswer
    private let buffer: ByteBuffer

    init(_ answer: EtcdTransactionAnswer, _ buffer: consuming ByteBuffer) {
        self.answer = answer
        self.buffer = buffer
    }

    var bytes: RawSpan {
        @_lifetime(borrow self)
        get { buffer.bytes }
    }

    /// The value that the get at a place found; nil where the key does not exist.
    func value(_ place: Int) -> [UInt8]? {
        keyValue(place).map { bytes.extracting($0.value).array }
    }

    func keyValue(_ place: Int) -> EtcdKeyValue? {
        place < answer.ranges.count ? answer.ranges[place]?.keyValues.first : nil
    }
}

internal import Bytes

/// What of a head with these field names counts.
struct HeadLayout: Sendable, BitwiseCopyable {
    /// A bit for each field whose value no rule reads.
    private(set) var free: UInt64 = 0
    /// The place of the `User-Agent`; -1 without one.
    private(set) var agent = -1
    /// Other fields by whose values heads with the same names differ.
    private(set) var sampledCount = 0
    private var sampled = InlineArray<4, UInt8>(repeating: 0)

    init() {}

    /// - Parameter read: headers whose values rules read, a bit for each.
    /// - Precondition: at most 64 fields, which lie within the head.
    init(
        _ head: RawSpan, _ fields: Span<HeaderRange>, _ names: HeaderNameTable, read: UInt64
    ) {
        for index in 0..<fields.count {
            let field = fields[index]
            let number = names.find(
                head, start: Int(field.nameStart), count: Int(field.nameCount)
            ).number
            let isRead = number != HeaderNameTable.unknown && read & (1 << UInt64(number)) != 0
            if !isRead { free |= 1 << UInt64(index) }
            switch HeaderName(rawValue: number) {
            case .userAgent: agent = index
            case .acceptLanguage, .brands, .origin, .host: sample(index)
            default: break
            }
        }
    }

    private mutating func sample(_ place: Int) {
        guard sampledCount < sampled.count else { return }
        sampled[sampledCount] = UInt8(place)
        sampledCount += 1
    }

    /// - Precondition: `index` is below ``sampledCount``.
    @inline(__always)
    subscript(_ index: Int) -> Int { Int(sampled[index]) }
}

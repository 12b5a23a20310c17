/// Draws a long run with fewer points than it has seconds: each point stands for a few neighbours.
struct Thinning {
    /// More points than a plot has columns of pixels show nothing more.
    static let limit = 1_000

    /// How many neighbours become one point; 1 where nothing needs to be thinned.
    let stride: Int

    init(count: Int, limit: Int = Self.limit) {
        precondition(limit > 0, "a plot has room for a point")
        stride = max(1, (count + limit - 1) / limit)
    }

    /// For rates and times: what the neighbours have on average.
    func means(_ values: [Double]) -> [Double] {
        chunks(values).map { $0.reduce(0, +) / Double($0.count) }
    }

    /// For latencies: the worst of the neighbours, which no thinning may hide; nil where none has
    /// a value.
    func maxima(_ values: [Double?]) -> [Double?] {
        chunks(values).map { chunk in chunk.lazy.compactMap(\.self).max() }
    }

    private func chunks<Value>(_ values: [Value]) -> [ArraySlice<Value>] {
        Swift.stride(from: 0, to: values.count, by: stride).map { start in
            values[start..<min(start + stride, values.count)]
        }
    }
}

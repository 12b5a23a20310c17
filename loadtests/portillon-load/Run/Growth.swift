/// How much a figure grew over a run, once warm: the median of its last quarter beside that of its
/// second. The first is left out: pools and tables fill then.
struct Growth {
    let early: Double
    let late: Double

    var difference: Double { late - early }
    var ratio: Double { early > 0 ? late / early : 1 }

    /// - Returns: nil with fewer than 8 values.
    init?(_ values: [Double]) {
        guard values.count >= 8 else { return nil }
        let quarter = values.count / 4
        early = values[quarter..<(2 * quarter)].sorted()[quarter / 2]
        late = values[(values.count - quarter)...].sorted()[quarter / 2]
    }
}

/// What a plot's values are: their axis and how they are written.
enum Unit {
    case perSecond, milliseconds, requests, mebibytes, descriptors, cores

    var words: String {
        switch self {
        case .perSecond: "requests a second"
        case .milliseconds: "milliseconds, logarithmic"
        case .requests: "requests"
        case .mebibytes: "MiB"
        case .descriptors: "descriptors"
        case .cores: "cores"
        }
    }

    /// A value as the read-out has it.
    func text(_ value: Double) -> String {
        switch self {
        case .perSecond, .requests, .descriptors:
            NumberFormat.page.decimal(value, places: value == value.rounded() ? 0 : 1)
        case .milliseconds: NumberFormat.page.milliseconds(value) + " ms"
        case .mebibytes: NumberFormat.page.decimal(value, places: 1)
        case .cores: NumberFormat.page.decimal(value, places: 2)
        }
    }

    /// An axis with room for all values.
    func axis(covering series: [Plot.Series]) -> Axis {
        let values = series.lazy.flatMap(\.values).compactMap(\.self)
        switch self {
        case .milliseconds:
            return Axis(logarithmicCovering: values)
        case .perSecond, .requests, .descriptors:
            return Axis(upTo: values.max() ?? 1, minimumStep: 1)
        case .mebibytes:
            return Axis(upTo: values.max() ?? 1)
        case .cores:
            return Axis(upTo: max(values.max() ?? 0, 0.1))
        }
    }
}

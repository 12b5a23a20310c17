internal import Bytes

/// What a scraper said that it reads: `Accept` and `Accept-Encoding` (RFC 9110, sections 12.5.1 and
/// 12.5.3). Never an error: who asks for what there is not gets the text that all can read.
///
/// Give several lines of a field joined by commas, and an empty span for a missing field.
package enum AcceptNegotiation {
    /// The format that an `Accept` field likes best.
    ///
    /// The higher quality wins; then what was named more closely (a type over `*/*`), then what was
    /// named first, and Prometheus' text if nothing tells them apart.
    package static func format(accept: RawSpan) -> MetricsFormat {
        var text = Preference()
        var openMetrics = Preference()
        var elements = AcceptElements(accept)
        var position = 0
        while elements.next() {
            position += 1
            guard let quality = elements.quality else { continue }
            let value = elements.value
            if value.equals(ignoringCase: "application/openmetrics-text") {
                guard elements.version.byteCount == 0 || elements.version.equals("1.0.0")
                else { continue }
                openMetrics.consider(quality, closeness: 3, position)
            } else if value.equals(ignoringCase: "text/plain") {
                guard elements.version.byteCount == 0 || elements.version.equals("0.0.4")
                else { continue }
                text.consider(quality, closeness: 3, position)
            } else if value.equals(ignoringCase: "application/*") {
                openMetrics.consider(quality, closeness: 2, position)
            } else if value.equals(ignoringCase: "text/*") {
                text.consider(quality, closeness: 2, position)
            } else if value.equals("*/*") {
                text.consider(quality, closeness: 1, position)
                openMetrics.consider(quality, closeness: 1, position)
            }
        }
        return openMetrics.isBetter(than: text) ? .openMetrics : .prometheus
    }

    /// Whether an `Accept-Encoding` field wants gzip: it is accepted, and identity is not liked
    /// better.
    package static func wantsGzip(acceptEncoding: RawSpan) -> Bool {
        var gzip = Preference()
        var identity = Preference()
        var elements = AcceptElements(acceptEncoding)
        while elements.next() {
            guard let quality = elements.quality else { continue }
            let value = elements.value
            if value.equals(ignoringCase: "gzip") || value.equals(ignoringCase: "x-gzip") {
                gzip.consider(quality, closeness: 2, 0)
            } else if value.equals(ignoringCase: "identity") {
                identity.consider(quality, closeness: 2, 0)
            } else if value.equals("*") {
                gzip.consider(quality, closeness: 1, 0)
            }
        }
        return gzip.quality > 0 && gzip.quality >= identity.quality
    }
}

/// How much one alternative is liked, as far as the field has been read.
private struct Preference {
    /// In thousandths; 0 also for what was not named.
    private(set) var quality = 0
    /// How closely it was named, 0 for not at all. A closer name counts, whatever its quality.
    private var closeness = 0
    /// Where in the field.
    private var position = 0

    mutating func consider(_ quality: Int, closeness: Int, _ position: Int) {
        // Named twice as closely, it is what is said better of it.
        guard (closeness, quality) > (self.closeness, self.quality) else { return }
        self = Preference(quality: quality, closeness: closeness, position: position)
    }

    func isBetter(than other: Preference) -> Bool {
        guard quality > 0 else { return false }
        return (quality, closeness, -position) > (other.quality, other.closeness, -other.position)
    }
}

internal import Bytes

/// Content negotiation for scrapers: `Accept` and `Accept-Encoding` (RFC 9110, sections 12.5.1 and
/// 12.5.3). It never fails: a client that accepts no known format gets Prometheus' plain text.
///
/// Callers join several lines of a field by commas, and pass an empty span for a missing field.
package enum AcceptNegotiation {
    /// The format that an `Accept` field prefers.
    ///
    /// The higher quality wins, then the more specific element (a type over `*/*`), then the
    /// earlier one, then Prometheus' text.
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

    /// Which of some media types an `Accept` field prefers: the highest quality, then the earlier
    /// in the field, then the earlier offered. The first one where none is acceptable, or nothing
    /// is asked for.
    /// - Parameter types: such as `text/html`, in lower case.
    package static func preferred(of types: [StaticString], accept: RawSpan) -> Int {
        var best = 0
        var bestPreference = Preference()
        for (index, type) in types.enumerated() {
            var preference = Preference()
            var elements = AcceptElements(accept)
            var position = 0
            while elements.next() {
                position += 1
                guard let quality = elements.quality else { continue }
                if let closeness = elements.value.closeness(to: type) {
                    preference.consider(quality, closeness: closeness, position)
                }
            }
            if preference.isBetter(than: bestPreference) {
                best = index
                bestPreference = preference
            }
        }
        return best
    }

    /// Which of some languages an `Accept-Language` field prefers (RFC 9110, section 12.5.4): the
    /// highest quality, then the earlier in the field. A range matches a language that it begins
    /// with (`fr-CA` matches `fr`: lookup, RFC 4647), `*` any that no other range names. The first
    /// one where none is acceptable, or nothing is asked for.
    /// - Parameter tags: primary languages in lower case.
    package static func preferredLanguage(of tags: [StaticString], acceptLanguage: RawSpan) -> Int {
        var best = 0
        var bestPreference = Preference()
        for (index, tag) in tags.enumerated() {
            var preference = Preference()
            var elements = AcceptElements(acceptLanguage)
            var position = 0
            while elements.next() {
                position += 1
                guard let quality = elements.quality else { continue }
                if let closeness = elements.value.closeness(toLanguage: tag) {
                    preference.consider(quality, closeness: closeness, position)
                }
            }
            if preference.isPreferred(to: bestPreference) {
                best = index
                bestPreference = preference
            }
        }
        return best
    }

    /// Whether an `Accept-Encoding` field prefers gzip: it accepts gzip, and identity has no higher
    /// quality.
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

/// The preference for one alternative, over the elements read so far.
private struct Preference {
    /// The quality in thousandths; 0 if no element matches.
    private(set) var quality = 0
    /// How specific the matching element is; 0 if none matches. A more specific element overrides,
    /// whatever its quality.
    private var closeness = 0
    /// The element's position in the field.
    private var position = 0

    mutating func consider(_ quality: Int, closeness: Int, _ position: Int) {
        // Of two equally specific elements the higher quality counts.
        guard (closeness, quality) > (self.closeness, self.quality) else { return }
        self = Preference(quality: quality, closeness: closeness, position: position)
    }

    func isBetter(than other: Preference) -> Bool {
        guard quality > 0 else { return false }
        return (quality, closeness, -position) > (other.quality, other.closeness, -other.position)
    }

    /// The same, but for how specific the elements are: `fr-CA` before `en` is no lesser wish.
    func isPreferred(to other: Preference) -> Bool {
        guard quality > 0 else { return false }
        return (quality, -position) > (other.quality, -other.position)
    }
}

extension RawSpan {
    /// How specifically a language range names a language: 3 by itself, 2 by a more special one,
    /// 1 by `*`; nil where it does not.
    fileprivate func closeness(toLanguage tag: StaticString) -> Int? {
        if equals(ignoringCase: tag) { return 3 }
        if equals("*") { return 1 }
        let length = tag.utf8CodeUnitCount
        guard byteCount > length, self[length] == UInt8(ascii: "-"),
            extracting(0..<length).equals(ignoringCase: tag)
        else { return nil }
        return 2
    }

    /// How specifically a media range names a type: 3 by itself, 2 by `type/*`, 1 by `*/*`; nil
    /// where it does not.
    fileprivate func closeness(to type: StaticString) -> Int? {
        if equals(ignoringCase: type) { return 3 }
        if equals("*/*") { return 1 }
        guard byteCount >= 3, self[byteCount - 1] == UInt8(ascii: "*"),
            self[byteCount - 2] == ASCII.slash, byteCount - 1 <= type.utf8CodeUnitCount
        else { return nil }
        for offset in 0..<(byteCount - 1)
        where unsafe ASCII.lowercased(self[offset]) != type.utf8Start[offset] {
            return nil
        }
        return 2
    }
}

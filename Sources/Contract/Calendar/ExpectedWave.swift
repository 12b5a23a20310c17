package import Time

/// What a declared campaign is expected to bring, and when.
///
/// A campaign without an end is sent at once. One with an end is sent evenly until then: in equal
/// parts a quarter of an hour apart, or in ``maximumParts`` where it takes longer than a day. So a
/// television campaign of two weeks is a spot every three and a half hours. Its channel's figures
/// (``ChannelResponse``) say how many recipients enter, and when.
package struct ExpectedWave: Equatable, Sendable {
    package let recipients: UInt32
    package let curve: ResponseCurve
    /// When the first part is sent.
    package let starts: Timestamp
    /// The number of equal parts that are sent: 1...``maximumParts``.
    package let parts: Int
    /// Milliseconds from the beginning of the first part to the end of the last.
    private let spreadMilliseconds: Int64

    package static var maximumParts: Int { 96 }
    private static var partMilliseconds: Int64 { 900_000 }

    /// - Parameters:
    ///   - ends: the end of the sending; `nil`, or not after the start, means at once.
    package init(
        recipients: UInt32, curve: ResponseCurve, starts: Timestamp, ends: Timestamp? = nil
    ) {
        self.recipients = recipients
        self.curve = curve
        self.starts = starts
        let length = (ends ?? starts).milliseconds.subtractingReportingOverflow(starts.milliseconds)
        spreadMilliseconds = length.overflow ? 0 : max(length.partialValue, 0)
        let wanted = (spreadMilliseconds - 1) / Self.partMilliseconds + 1
        parts = spreadMilliseconds == 0 ? 1 : Int(min(wanted, Int64(Self.maximumParts)))
    }

    package init(_ declaration: CampaignDeclaration) {
        self.init(
            recipients: declaration.recipients, curve: declaration.channel.response.curve,
            starts: declaration.starts, ends: declaration.ends)
    }

    /// The participants that all recipients together are expected to bring.
    package var expectedEntries: Double { curve.entries(of: recipients) }

    /// When the last answer is expected.
    package var ends: Timestamp {
        sending(of: parts - 1).advanced(byMilliseconds: Int64(curve.lengthSeconds) * 1_000)
    }

    /// The changes of the expected rate, in entries a second; their sum is 0.
    var changes: [(at: Timestamp, perSecond: Double)] {
        let share = Double(recipients) / Double(parts)
        let steps = curve.steps
        var changes: [(at: Timestamp, perSecond: Double)] = []
        for part in 0..<parts {
            let sent = sending(of: part)
            func time(_ seconds: UInt32) -> Timestamp {
                sent.advanced(byMilliseconds: Int64(seconds) * 1_000)
            }
            for step in steps {
                changes.append((time(step.seconds.lowerBound), share * step.perSecond))
                changes.append((time(step.seconds.upperBound), -share * step.perSecond))
            }
        }
        return changes
    }

    private func sending(of part: Int) -> Timestamp {
        let between = spreadMilliseconds / Int64(parts)
        return starts.advanced(byMilliseconds: between * Int64(part))
    }
}

package import Time

/// What is expected of declared campaigns: recipients weighted by how many of the channel's answer,
/// and when (``ChannelResponse``). It serves the forecast, the calendar, and the decision whether a
/// surge was announced. The cover does not use it: by the terms it counts recipients (C1).
extension CampaignDeclaration {
    /// Participants, rounded up.
    package var expectedParticipants: UInt32 {
        let answers = UInt64(recipients) * UInt64(channel.response.curve.responsePermille)
        return UInt32(clamping: (answers + 999) / 1_000)
    }

    /// The expected peak, in entries a second.
    package var expectedPeakPerSecond: Double {
        Double(recipients) * channel.response.curve.peakPerSecond
    }

    /// The expected time of the last answer.
    package var lastAnswer: Timestamp {
        let sent = max(ends ?? starts, starts)
        let length = Int64(channel.response.curve.lengthSeconds) * 1_000
        return sent.advanced(byMilliseconds: length)
    }

    /// Whether entries that it brings are expected now: from five minutes before its start, because
    /// clocks and sendings are not exact, to the last answer.
    package func isRunning(at time: Timestamp) -> Bool {
        starts.advanced(byMilliseconds: -300_000) <= time && time < lastAnswer
    }

    /// The most entries that are expected within so many seconds, in whole numbers, so that every
    /// machine comes to the same.
    func expectedEntries(within seconds: Int) -> UInt64 {
        let length = UInt64(clamping: min(seconds, 86_400))
        let atPeak = UInt64(recipients) * channel.response.curve.peakPerMillionRecipients
        return min((atPeak * length + 999_999) / 1_000_000, UInt64(expectedParticipants))
    }
}

extension ResponseCurve {
    /// The peak of expected entries a second of a million recipients, rounded up.
    var peakPerMillionRecipients: UInt64 {
        var start = Point(seconds: 0, permille: 0)
        var peak: UInt64 = 0
        for point in points {
            // Permille of permille are millionths.
            let share = UInt64(point.permille - start.permille) * UInt64(responsePermille)
            let seconds = UInt64(point.seconds - start.seconds)
            peak = max(peak, (share + seconds - 1) / max(seconds, 1))
            start = point
        }
        return peak
    }
}

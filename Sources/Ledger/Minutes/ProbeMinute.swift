package import Availability
internal import Time

/// What one probe found in one minute: what it sent as entries, and how many went wrong (C10).
package struct ProbeMinute: Equatable, Sendable {
    /// The probe's name: an identifier.
    package var probe: String
    package var minute: Minute
    package var tally: ProbeTally

    package init(probe: String, minute: Minute, tally: ProbeTally) {
        self.probe = probe
        self.minute = minute
        self.tally = tally
    }

    var sentence: String {
        "The probe \(probe) made \(tally.attempts) attempts in the minute "
            + "\(minute.starts.rfc3339): \(tally.failed) failed, \(tally.slow) were slow (C10)."
    }
}

extension ProbeMinute: Codable {
    private enum Member: String, CodingKey {
        case probe, minute
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        probe = try members.decode(String.self, forKey: .probe)
        minute = try members.decode(Minute.self, forKey: .minute)
        tally = try ProbeTally(from: decoder)
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(probe, forKey: .probe)
        try members.encode(minute, forKey: .minute)
        try tally.encode(to: encoder)
    }
}

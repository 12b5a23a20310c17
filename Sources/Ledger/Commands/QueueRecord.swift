package import Contract

/// The counters of an operation's turnstile, recorded ahead so that tickets outlive a restart (C4).
package struct QueueRecord: Equatable, Sendable {
    package var operation: String
    package var counters: QueueCounters

    package init(operation: String, counters: QueueCounters) {
        self.operation = operation
        self.counters = counters
    }
}

/// In JSON the counters stand beside the operation.
extension QueueRecord: Codable {
    private enum Member: String, CodingKey {
        case operation
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        operation = try members.decode(String.self, forKey: .operation)
        counters = try QueueCounters(from: decoder)
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(operation, forKey: .operation)
        try counters.encode(to: encoder)
    }
}

/// The places of participants who came before a shuffled start, and at the opening the seed that
/// shuffles them (C4).
package struct DrawRecord: Equatable, Sendable {
    package var operation: String
    package var draw: StartDraw.Record

    package init(operation: String, draw: StartDraw.Record) {
        self.operation = operation
        self.draw = draw
    }

    /// Whether the operation opened, and the places were shuffled.
    package var isOpening: Bool { draw.shuffle != nil }
}

extension DrawRecord: Codable {
    private enum Member: String, CodingKey {
        case operation, epoch, registered, seed, after
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        operation = try members.decode(String.self, forKey: .operation)
        let registered = try members.decode(UInt64.self, forKey: .registered)
        let seed = try members.decodeIfPresent(UInt64.self, forKey: .seed)
        draw = StartDraw.Record(
            epoch: try members.decode(UInt64.self, forKey: .epoch), registered: registered,
            shuffle: seed.map { Shuffle(seed: $0, count: registered) },
            after: try members.decodeIfPresent(UInt64.self, forKey: .after))
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Member.self)
        try members.encode(operation, forKey: .operation)
        try members.encode(draw.epoch, forKey: .epoch)
        try members.encode(draw.registered, forKey: .registered)
        try members.encodeIfPresent(draw.shuffle?.seed, forKey: .seed)
        try members.encodeIfPresent(draw.after, forKey: .after)
    }
}

/// A sending in waves, such that the entries it brings stay below what is there for them.
///
/// At each moment of a regular grid (every `intervalSeconds`), as many are sent as fit: as many as
/// keep the sum of everything sent so far at or under the target at every later moment. So the sum
/// is checked, not a wave by itself. What is sent early is over early: with the channels' own
/// curves and a quarter of an hour between waves, no plan on the same grid is done sooner, which
/// the tests hold against a linear program. With a curve that rises for longer than the interval,
/// one may be.
///
/// All sizes grow with the room in proportion, therefore they are worked out once for a room of
/// one entry a second (``WaveShares``) and then rounded down. That makes more room never end
/// later, which sizes rounded one after the other would not.
package struct WavePlan: Equatable, Sendable {
    /// What is asked for.
    package struct Order: Equatable, Sendable {
        package var recipients: UInt32
        package var curve: ResponseCurve
        /// Entries a second that the gateway takes.
        package var capacity: UInt32
        /// The share of the capacity that may be expected to be used; the rest is for chance and
        /// for figures that are wrong.
        package var targetPercent: UInt32 = 70
        /// Entries a second that come anyway.
        package var base: UInt32 = 0
        /// The shortest time from one wave to the next.
        package var intervalSeconds: UInt32 = 900

        package init(recipients: UInt32, curve: ResponseCurve, capacity: UInt32) {
            self.recipients = recipients
            self.curve = curve
            self.capacity = capacity
        }

        /// Expected entries a second at most, the base among them.
        package var target: Double { Double(capacity) * Double(targetPercent) / 100 }
        /// What the target leaves for the waves.
        package var room: Double { target - Double(base) }
    }

    package struct Wave: Equatable, Sendable {
        /// Seconds from the first wave's sending.
        package var seconds: Int
        package var recipients: UInt32
        /// Entries of this wave's recipients, whenever they come.
        package var expectedEntries: Double
        /// Most entries a second from all waves and the base, until the next wave or the end.
        package var peakPerSecond: Double
    }

    /// In order of time, at least one, none empty; the first at second 0.
    package let waves: [Wave]
    /// Entries of all recipients, the base not counted.
    package let expectedEntries: Double
    /// Most entries a second from all waves and the base.
    package let peakPerSecond: Double
    /// When they first come, in seconds from the first wave.
    package let peakSeconds: Int
    /// When the last answer is expected, in seconds from the first wave.
    package let endSeconds: Int

    /// More waves than anybody would send.
    package static var maximumWaves: Int { 1_000 }
    /// The last wave is sent within 31 days of the first.
    package static var maximumSeconds: Int { 2_678_400 }
    /// A minute to a week.
    package static var intervals: ClosedRange<UInt32> { 60...604_800 }

    /// - Throws: ``WavePlanError`` where no such plan exists, or it would be too long.
    package init(_ order: Order) throws(WavePlanError) {
        guard order.recipients > 0 else { throw .nobody }
        guard (1...100).contains(order.targetPercent) else { throw .targetOutOfRange }
        guard Self.intervals.contains(order.intervalSeconds) else { throw .intervalOutOfRange }
        guard order.room > 0 else { throw .noRoom }
        let fewest = WaveShares.tolerance * (1 / order.curve.peakPerSecond) * order.room
        guard fewest >= 1 else { throw .roomBelowOneRecipient }
        let sizes = try Self.sizes(order)
        let load = WaveLoad(sizes, order)
        waves = sizes.enumerated().map { index, size in
            let next = index + 1 < sizes.count ? sizes[index + 1].turn : nil
            return Wave(
                seconds: size.turn * Int(order.intervalSeconds), recipients: size.recipients,
                expectedEntries: order.curve.entries(of: size.recipients),
                peakPerSecond: load.peak(from: size.turn, to: next))
        }
        expectedEntries = order.curve.entries(of: order.recipients)
        peakPerSecond = load.peak(from: 0, to: nil)
        peakSeconds = load.seconds(of: peakPerSecond)
        endSeconds = (waves.last?.seconds ?? 0) + Int(order.curve.lengthSeconds)
    }

    /// When the last wave is sent, in seconds from the first.
    package var lastSeconds: Int { waves.last?.seconds ?? 0 }

    /// A wave's place on the grid and its size.
    struct Size {
        var turn: Int
        var recipients: UInt32
    }

    private static func sizes(_ order: Order) throws(WavePlanError) -> [Size] {
        var shares = WaveShares(WaveGrid(order.curve, intervalSeconds: order.intervalSeconds))
        var sizes: [Size] = []
        var left = order.recipients
        for turn in 0...(maximumSeconds / Int(order.intervalSeconds)) {
            let fitting = WaveShares.tolerance * shares.next() * order.room
            // Beyond what is left it does not matter, and might not fit an integer.
            let recipients = fitting < Double(left) ? UInt32(fitting) : left
            if recipients == 0 { continue }
            guard sizes.count < maximumWaves else { throw .tooManyWaves }
            sizes.append(Size(turn: turn, recipients: recipients))
            left -= recipients
            if left == 0 { return sizes }
        }
        throw .tooLong
    }
}

/// Why there is no plan.
package enum WavePlanError: Error, Equatable {
    /// No recipients.
    case nobody
    /// Not within 1...100 percent.
    case targetOutOfRange
    /// Not within ``WavePlan/intervals``.
    case intervalOutOfRange
    /// The base alone is the target or more.
    case noRoom
    /// What one recipient is expected to bring is more than the target leaves.
    case roomBelowOneRecipient
    /// More than ``WavePlan/maximumWaves``.
    case tooManyWaves
    /// The last wave would be later than ``WavePlan/maximumSeconds``.
    case tooLong
}

extension WavePlan {
    /// Whether a campaign of so many must be declared before it starts (C1: "more than").
    package static func mustBeDeclared(recipients: UInt32) -> Bool {
        recipients > Cover.undeclaredRecipients
    }

    /// How many participants a notice should name, rounded up; `nil`: none is asked for (C2).
    package var participantsToNotice: UInt32? {
        let participants = UInt32(expectedEntries.rounded(.up))
        return Cover.undeclared.holds(participants) ? nil : participants
    }
}

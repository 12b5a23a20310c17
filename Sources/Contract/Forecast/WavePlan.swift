package import Time

/// A plan that sends a campaign in waves so that its entries stay below a target rate.
///
/// At each moment of a regular grid (every `intervalSeconds`) the plan sends as many as fit: as
/// many as keep the sum of everything sent so far at or under the target at every later moment.
/// With the channels' own curves and a quarter of an hour between waves, no plan on the same grid
/// ends sooner; the tests compare with a linear program. With a curve that rises for longer than
/// the interval, another plan can end sooner.
///
/// All sizes are proportional to the room, so they are computed once for a room of one entry a
/// second (``WaveShares``) and then rounded down. So more room never makes a plan end later, which
/// it could if sizes were rounded one after the other.
///
/// Beside others' expected load the room differs from moment to moment, and a wave gets what it has
/// at its worst one. Where others alone take more than 99 % of the room, 1 % is left for those who
/// still answer earlier waves: there the sum can exceed the target by that.
package struct WavePlan: Equatable, Sendable {
    /// The request for a plan.
    package struct Order: Equatable, Sendable {
        package var recipients: UInt32
        package var curve: ResponseCurve
        /// Entries a second that the gateway can take.
        package var capacity: UInt32
        /// The share of the capacity to plan for, in percent; the rest is the margin for chance and
        /// wrong figures.
        package var targetPercent: UInt32 = 70
        /// Entries a second that come in any case.
        package var base: UInt32 = 0
        /// The shortest time from one wave to the next, in seconds.
        package var intervalSeconds: UInt32 = 900
        /// What others are expected to bring meanwhile; `nil`: nothing.
        package var others: Others?

        package init(recipients: UInt32, curve: ResponseCurve, capacity: UInt32) {
            self.recipients = recipients
            self.curve = curve
            self.capacity = capacity
        }

        /// Others' expected load, and the moment from which the plan's seconds count.
        package struct Others: Equatable, Sendable {
            package var load: ExpectedLoad
            package var start: Timestamp

            package init(_ load: ExpectedLoad, start: Timestamp) {
                self.load = load
                self.start = start
            }

            /// The highest rate within some seconds of the plan.
            package func peak(in seconds: Range<Int>) -> Double {
                func time(_ seconds: Int) -> Timestamp {
                    start.advanced(byMilliseconds: Int64(seconds) * 1_000)
                }
                return load.peak(
                    from: time(seconds.lowerBound), to: time(seconds.upperBound)
                ).perSecond
            }
        }

        /// The maximum of expected entries a second, including the base.
        package var target: Double { Double(capacity) * Double(targetPercent) / 100 }
        /// The entries a second that the target leaves to the waves.
        package var room: Double { target - Double(base) }
    }

    package struct Wave: Equatable, Sendable {
        /// When the wave is sent, in seconds from the first.
        package var seconds: Int
        package var recipients: UInt32
        /// All entries expected from this wave's recipients.
        package var expectedEntries: Double
        /// The peak of entries a second from all waves and the base, until the next wave or the
        /// end.
        package var peakPerSecond: Double
    }

    /// The waves in order of time, at least one, none empty; the first is at second 0 unless others
    /// leave no room then.
    package let waves: [Wave]
    /// The expected entries of all recipients, without the base.
    package let expectedEntries: Double
    /// The peak of entries a second from all waves, the base and others.
    package let peakPerSecond: Double
    /// When the peak first occurs, in seconds from the first wave.
    package let peakSeconds: Int
    /// When the last answer is expected, in seconds from the first wave.
    package let endSeconds: Int

    /// The maximum number of waves.
    package static var maximumWaves: Int { 1_000 }
    /// The maximum time from the first wave to the last: 31 days.
    package static var maximumSeconds: Int { 2_678_400 }
    /// The permitted intervals in seconds: a minute to a week.
    package static var intervals: ClosedRange<UInt32> { 60...604_800 }

    /// - Throws: ``WavePlanError`` if no such plan exists or it would be too long.
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
        let grid = WaveGrid(order.curve, intervalSeconds: order.intervalSeconds)
        var shares = WaveShares(grid) { cell in
            order.others.map { $0.peak(in: grid.range(of: cell)) / order.room } ?? 0
        }
        var sizes: [Size] = []
        var left = order.recipients
        for turn in 0...(maximumSeconds / Int(order.intervalSeconds)) {
            let fitting = WaveShares.tolerance * shares.next() * order.room
            // The minimum comes first: a larger size might not fit an integer.
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

/// The reasons why there is no plan.
package enum WavePlanError: Error, Equatable {
    /// There are no recipients.
    case nobody
    /// The target is not in 1...100 percent.
    case targetOutOfRange
    /// The interval is not in ``WavePlan/intervals``.
    case intervalOutOfRange
    /// The base alone reaches the target.
    case noRoom
    /// One recipient is expected to bring more than the target leaves.
    case roomBelowOneRecipient
    /// The plan needs more than ``WavePlan/maximumWaves``.
    case tooManyWaves
    /// The last wave would be later than ``WavePlan/maximumSeconds``.
    case tooLong
}

extension WavePlan {
    /// The participants to announce in a notice, rounded up; `nil` if none is required (C2).
    /// - Parameter beside: entries expected of the operation's other campaigns: a notice is for all
    ///   of it.
    package func participantsToNotice(beside: Double = 0) -> UInt32? {
        let participants = UInt32(clamping: Int((expectedEntries + beside).rounded(.up)))
        return Cover.undeclared.holds(participants) ? nil : participants
    }
}

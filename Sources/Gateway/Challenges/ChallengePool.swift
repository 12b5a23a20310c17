internal import Bytes
internal import CLinux
internal import Cryptography
internal import LockFree
internal import Robots
internal import Synchronization
internal import Threads

/// Puzzles for challenges, made ahead by a thread of its own: each takes a derivation, some tenths
/// of a millisecond, which no worker has to spare.
///
/// A ring for each worker and level, so that no worker ever waits for this thread or for another
/// worker; where its ring is empty, there is no challenge for now. Nothing is made before an
/// operation may ask for challenges.
final class ChallengePool: Sendable {
    private let difficulty: ChallengeDifficulty
    /// Puzzles of the usual level that are kept for each worker.
    private let ahead: Int
    /// By level, then by worker; written by the thread, read by the worker.
    private let rings: [[ByteRing]]
    /// Wakes the thread.
    private let bell: Doorbell
    private let wanted = Atomic<Bool>(false)
    private let thread = StoppableThread()

    private static var niceness: Int32 { 19 }
    /// What a puzzle takes in a ring, header and padding included.
    private static var ringBytes: Int { 8 + (ChallengePuzzle.byteCount + 7) & ~7 }

    init(_ limits: Limits, workers: Int) throws {
        difficulty = ChallengeDifficulty(
            cost: UInt32(limits.challengeIterations), counters: UInt32(limits.challengeCounters))
        let ahead = limits.challengesAhead
        self.ahead = ahead
        rings = ChallengeDifficulty.Level.allCases.map { level in
            (0..<workers).map { _ in
                // One more than are kept: the end of a ring may be too short for a puzzle.
                ByteRing(capacity: (Self.kept(level, ahead) + 2) * Self.ringBytes)
            }
        }
        bell = try Doorbell()
    }

    /// How many of a level are kept for each worker: most are asked the usual.
    private static func kept(_ level: ChallengeDifficulty.Level, _ ahead: Int) -> Int {
        level == .usual ? ahead : (ahead + 3) / 4
    }

    // MARK: The workers' side

    /// Some operation may ask for challenges: they are made from now on. Any thread may call it.
    func prepare() {
        if !wanted.load(ordering: .relaxed) { wanted.store(true, ordering: .relaxed) }
        bell.ring()
    }

    /// Takes a puzzle, which `body` reads in place.
    /// - Precondition: called by this worker only.
    /// - Parameter isAhead: no entry waits for it. Then a quarter of what is kept is left to
    ///   entries, so that whoever asks for challenges alone takes none from people who are
    ///   challenged.
    /// - Returns: false where there is none now; then `body` has not been called.
    func pop(
        _ level: ChallengeDifficulty.Level, worker: Int, isAhead: Bool = false,
        _ body: (RawSpan) -> Void
    ) -> Bool {
        let ring = rings[Int(level.rawValue) - 1][worker]
        let left = isAhead ? Self.kept(level, ahead) / 4 : 0
        let isTaken = ring.occupiedBytes / Self.ringBytes > left && ring.pop(body)
        prepare()
        return isTaken
    }

    // MARK: The thread's side

    func start() throws(StartError) {
        try thread.start(as: "challenges") { self.run() }
    }

    func stop() {
        thread.stop { bell.ring() }
    }

    private func run() {
        // A failure of it costs a little of the entries' latency, and nothing else.
        _ = linux_take_short_turns(Self.niceness)
        while !thread.isStopping {
            bell.prepareToSleep()
            if !thread.isStopping, !isWorkDue { bell.wait() }
            bell.wokeUp()
            while !thread.isStopping, makeRound() {}
        }
    }

    private var isWorkDue: Bool {
        wanted.load(ordering: .relaxed)
            && ChallengeDifficulty.Level.allCases.contains { level in
                rings[Int(level.rawValue) - 1].contains { lacks($0, level) }
            }
    }

    private func lacks(_ ring: ByteRing, _ level: ChallengeDifficulty.Level) -> Bool {
        ring.occupiedBytes / Self.ringBytes < Self.kept(level, ahead)
    }

    /// Makes one puzzle for each ring that lacks some, if any are wanted. The thread's call, or a
    /// test's that has not started it.
    /// - Returns: whether it made one.
    func makeRound() -> Bool {
        guard wanted.load(ordering: .relaxed) else { return false }
        var hasMade = false
        for level in ChallengeDifficulty.Level.allCases {
            for ring in rings[Int(level.rawValue) - 1] where lacks(ring, level) {
                if thread.isStopping { return false }
                hasMade = push(level, to: ring) || hasMade
            }
        }
        return hasMade
    }

    private func push(_ level: ChallengeDifficulty.Level, to ring: ByteRing) -> Bool {
        var random = ByteBuffer(capacity: ChallengePuzzle.randomBytes)
        Random.append(ChallengePuzzle.randomBytes, to: &random)
        var puzzle = ByteBuffer(capacity: ChallengePuzzle.byteCount)
        ChallengePuzzle.append(
            random: random.bytes, counter: difficulty.counter(of: level, random: Random.word()),
            cost: difficulty.cost, level: level, to: &puzzle)
        return ring.push(puzzle.bytes)
    }
}

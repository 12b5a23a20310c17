import Ledger
import Testing
import Time

@testable import Gateway

@Suite("A solved challenge brings one participant a place")
struct PlaceChallengesTests {
    private static let anne = Fingerprint(high: 7, low: 1)
    private static let bernard = Fingerprint(high: 7, low: 2)

    private static func solved(_ number: UInt64, expires: UInt32 = 600) -> SolvedChallenge {
        SolvedChallenge(mark: Fingerprint(high: 1, low: number), expires: expires, level: 1)
    }
    private static func time(_ seconds: Int64) -> Timestamp {
        Timestamp(milliseconds: seconds * 1_000)
    }

    @Test("it is spent for everybody else, and for all once it has expired")
    func spent() {
        var places = PlaceChallenges()
        let challenge = Self.solved(1)
        #expect(!places.isSpent(challenge, by: Self.anne, at: Self.time(0)))
        places.spend(challenge, by: Self.anne, at: Self.time(0))
        #expect(!places.isSpent(challenge, by: Self.anne, at: Self.time(599)))
        #expect(places.isSpent(challenge, by: Self.bernard, at: Self.time(599)))
        #expect(!places.isSpent(Self.solved(2), by: Self.bernard, at: Self.time(599)))
        #expect(places.isSpent(challenge, by: Self.anne, at: Self.time(600)))
        #expect(!places.isSpent(challenge, by: Self.anne, at: nil), "the ledger looks itself")
        #expect(places.isSpent(Self.solved(2), by: Self.anne, at: Self.time(600)))
    }

    @Test("who comes again and again without the ticket is asked for more work")
    func again() {
        var places = PlaceChallenges()
        let challenge = Self.solved(1)
        for _ in 0..<PlaceChallenges.maximumTimes {
            #expect(!places.isSpent(challenge, by: Self.anne, at: nil))
            places.spend(challenge, by: Self.anne, at: Self.time(0))
        }
        #expect(places.isSpent(challenge, by: Self.anne, at: nil))
        #expect(!places.isSpent(Self.solved(2), by: Self.anne, at: nil))
        #expect(places.count == 1)
    }

    @Test("what has expired is forgotten")
    func bounded() {
        var places = PlaceChallenges()
        for number in 0..<20_000 as Range<Int64> {
            let challenge = Self.solved(UInt64(number), expires: UInt32(number) + 600)
            places.spend(challenge, by: Self.anne, at: Self.time(number))
            #expect(places.count <= 1_300)
        }
    }

    @Test("there is an end to what is remembered, though nothing has expired")
    func limited() {
        var places = PlaceChallenges()
        var most = 0
        for number in 0..<UInt64(2 * PlaceChallenges.maximumCount) {
            places.spend(Self.solved(number), by: Self.anne, at: Self.time(0))
            most = max(most, places.count)
        }
        #expect(most <= PlaceChallenges.maximumCount)
        #expect(
            places.isSpent(
                Self.solved(UInt64(2 * PlaceChallenges.maximumCount) - 1), by: Self.bernard, at: nil
            ))
    }
}

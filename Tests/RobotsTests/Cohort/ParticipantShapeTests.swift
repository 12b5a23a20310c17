import Bytes
import RobotsCrowd
import Testing

@testable import Robots

@Suite("A participant's shape is what a template would share")
struct ParticipantShapeTests {
    @Test(
        "one stem: other digits, tags, dots, capitals",
        arguments: [
            ("user0001@mail.example", "user0002@mail.example"),
            ("user9@mail.example", "user10@mail.example"),
            ("jean.petit+1@mail.example", "jeanpetit+autumn@mail.example"),
            ("je.anpet.it@mail.example", "jeanpetit@mail.example"),
            ("Jean7@mail.example", "jean123@MAIL.example"),
            ("player-17", "player-18"),
        ])
    func sameStem(_ one: String, _ other: String) {
        #expect(Traits.shape(one).stem == Traits.shape(other).stem)
        #expect(Traits.shape(one).stem != 0)
    }

    @Test(
        "another stem: other letters, domains, separators",
        arguments: [
            ("user1@mail.example", "user1@post.example"),
            ("user1@mail.example", "users1@mail.example"),
            ("user-1@mail.example", "user_1@mail.example"),
            ("a@b@c", "a@d@c"),
        ])
    func otherStem(_ one: String, _ other: String) {
        #expect(Traits.shape(one).stem != Traits.shape(other).stem)
    }

    @Test("numbers and identifiers that nobody chose have no stem")
    func stemless() {
        #expect(Traits.shape("1234567").stem == 0)
        #expect(Traits.shape("+33612345678").stem == 0)
        let uuid = Traits.shape("3f2a9c1e-7b4d-4e8a-9f60-1c2d3e4f5a6b")
        #expect(uuid.isOpaque && uuid.stem == 0 && uuid.lastWord == 0)
        #expect(uuid.pattern == Traits.shape("b81c0d2e9f3a4b5c6d7e8f9a0b1c2d3e").pattern)
        #expect(!Traits.shape("marie75lyon69@mail.example").isOpaque)
    }

    @Test("a pattern has words, initials, digits by their number, separators")
    func patterns() {
        let dotted = Traits.shape("marie.petit@a.example").pattern
        #expect(dotted == Traits.shape("luc.durand@b.example").pattern)
        #expect(dotted != Traits.shape("Luc.durand@b.example").pattern)
        #expect(dotted != Traits.shape("l.durand@b.example").pattern)
        #expect(dotted != Traits.shape("luc.durand7@b.example").pattern)
        #expect(dotted != Traits.shape("luc.durand").pattern)
        #expect(
            Traits.shape("luc12@b.example").pattern == Traits.shape("anne75@b.example").pattern)
        #expect(
            Traits.shape("luc12@b.example").pattern != Traits.shape("anne1975@b.example").pattern)
    }

    @Test("words are the first and the last of two letters or more")
    func words() {
        let shape = Traits.shape("marie.de.petit75@mail.example")
        #expect(shape.firstWord == Traits.shape("Marie.x.lune").firstWord)
        #expect(shape.lastWord == Traits.shape("j.petit@post.example").lastWord)
        #expect(
            Traits.shape("marie.dupont").lastWord == Traits.shape("mariedupont75").lastWord)
        #expect(Traits.shape("mariepetit@mail.example").firstWord == 0)
        #expect(Traits.shape("j.petit@mail.example").firstWord == 0)
    }

    @Test("the last number, its last nine digits")
    func numbers() {
        let shape = Traits.shape("a12b0345@mail7.example")
        #expect(shape.number == 345 && shape.digits == 4)
        #expect(Traits.shape("jean+88@mail.example").number == 88)
        let long = Traits.shape("x1234567890123")
        #expect(long.number == 567_890_123 && long.digits == 13)
        #expect(Traits.shape("jean@mail.example").digits == 0)
    }

    @Test("the longest run of consonants; what is not ASCII is none")
    func consonants() {
        #expect(Traits.shape("marie.petit@mail.example").consonants == 1)
        #expect(Traits.shape("schmidt@mail.example").consonants == 4)
        #expect(Traits.shape("qxkzvwbtj@mail.example").consonants == 6)
        #expect(Traits.shape("bcd.fgh-jk").consonants == 3)
        #expect(Traits.shape("béc").consonants == 1)
    }

    @Test("a domain is the same in upper and lower case, however long it is")
    func domains() {
        for count in 0..<24 {
            let text = String("Mail.Example-09.Verein.org".prefix(count))
            let (one, other) = (Traits.shape("a@" + text), Traits.shape("a@" + text.uppercased()))
            #expect(one.domain == other.domain && one.domain != 0, "\(text)")
            #expect(one.stem == other.stem, "\(text)")
            #expect(one.domain != Traits.shape("a@" + text + "x").domain, "\(text)")
        }
        // What only differs by the bit of the case, and is no letter.
        for (one, other) in [("[", "{"), ("^", "~"), ("\u{C9}", "\u{E9}")] {
            #expect(Traits.shape("a@mail" + one).domain != Traits.shape("a@mail" + other).domain)
        }
        let last = Traits.shape("a@b.example@mail.example").domain
        #expect(last == Traits.shape("a@mail.example").domain)
    }

    @Test("any bytes have a shape")
    func anyBytes() {
        var draw = Draw(seed: 8)
        for _ in 0..<2_000 {
            let bytes = (0..<draw.below(257)).map { _ in UInt8(truncatingIfNeeded: draw.word()) }
            let shape = bytes.withBytes { ParticipantShape($0) }
            #expect(shape == bytes.withBytes { ParticipantShape($0) })
        }
        #expect(Traits.shape("").stem == 0)
    }
}

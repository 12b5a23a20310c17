import Bytes
import Contract
import Ledger
import Testing
import Time

@testable import Evidence

@Suite("A client's suspension and exchanges in its operations' dossiers")
struct ClientSuspensionDossierTests {
    private let settings = OperationSettings(
        client: "acme", title: "Summer", rule: .once, robots: .off, policy: .enforce)

    private func order(until: Timestamp? = nil) -> SuspensionOrder {
        SuspensionOrder(
            ground: .fraud, until: until, isDefinitive: false, note: "ticket",
            basis: SuspensionBasis(isUrgent: true, fault: .operator))
    }

    private func texts(_ dossier: Dossier, _ language: Language = .english) -> [String] {
        let words = DossierWords(dossier, language)
        return dossier.items.map { words.item($0).text }
    }

    @Test("each operation's dossier has them, one that was created later too")
    func operations() throws {
        var world = try EvidenceWorld(settings)
        try world.take(.client(.suspend(client: "acme", order: order())), by: .admin)
        try world.take(
            .operation(.put(id: "later", settings: settings, dataKeyID: "d")), by: .admin)
        try world.take(
            .client(.addNote(client: "acme", operation: nil, text: "A letter.")), by: .admin)
        try world.take(
            .client(.addNote(client: "acme", operation: "later", text: "A call.")), by: .admin)
        try world.take(.client(.resume(client: "acme", note: nil)), by: .admin)
        try world.take(.operation(.put(id: "free", settings: settings, dataKeyID: "d")), by: .admin)
        let suspended =
            "A person suspended the client with all its operations on the ground illegal or "
            + "fraudulent use (C8), until further notice. It was urgent, and waited for no notice "
            + "(C8). The cause is the operator's own fault (C9). Note: “ticket”."
        let letter = "Exchange with the client (C15): “A letter.”."
        let summer = texts(try #require(world.dossier("summer")))
        let end = "A person ended the client's suspension."
        #expect(Array(summer.dropFirst()) == [suspended, letter, end])
        let later = texts(try #require(world.dossier("later")))
        #expect(later.first == suspended)
        #expect(later.contains("Exchange about the operation (C15): “A call.”."))
        let free = texts(try #require(world.dossier("free")))
        #expect(free.count == 1, "\(free)")
    }

    @Test("it is one episode, from the client's suspension to its end, in both languages")
    func episode() throws {
        var world = try EvidenceWorld(settings)
        try world.take(.operation(.open(id: "summer", note: nil)), by: .admin)
        let until = world.now.advanced(byMilliseconds: 60_000)
        try world.take(.client(.suspend(client: "acme", order: order(until: until))), by: .admin)
        world.pass(seconds: 61)
        world.take(.clientSuspensionEnded(operation: "summer", ground: .fraud, until: until))
        let dossier = try #require(world.dossier("summer"))
        #expect(dossier.episodes.count == 1)
        #expect(dossier.episodes.first?.ended != nil)
        #expect(texts(dossier).last?.contains("ended as planned") == true)
        #expect(texts(dossier, .french).last?.contains("pris fin comme prévu") == true)
    }
}

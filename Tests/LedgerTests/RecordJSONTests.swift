import Contract
import TestSupport
import Testing
import Time

@testable import Ledger

@Suite("The JSON of records")
struct RecordJSONTests {
    @Test("Every command comes back from its JSON, under the name of its family")
    func commands() throws {
        var names: Set<String> = []
        for command in EveryRecord.commands {
            let record = AdministrativeRecord(command, by: Author(.operator, name: "marie"))
            let json = try record.json()
            #expect(try read(json) == record)
            let text = String(decoding: json, as: UTF8.self)
            #expect(text.contains("\"command\":\"\(command.name)\""), "\(text)")
            #expect(!command.sentence.isEmpty)
            names.insert(command.name)
        }
        let all =
            OperationCommand.Name.allCases.map(\.rawValue)
            + ClientCommand.Name.allCases.map(\.rawValue)
            + AccessCommand.Name.allCases.map(\.rawValue)
            + ContractCommand.Name.allCases.map(\.rawValue)
            + PersonCommand.Name.allCases.map(\.rawValue)
            + WebhookCommand.Name.allCases.map(\.rawValue)
            + PermitCommand.Name.allCases.map(\.rawValue)
            + IncidentCommand.Name.allCases.map(\.rawValue)
            + MaintenanceCommand.Name.allCases.map(\.rawValue)
            + ServiceCommand.Name.allCases.map(\.rawValue) + Fact.Name.allCases.map(\.rawValue)
        #expect(names == Set(all), "a command without an example")
    }

    @Test("Every event comes back from its JSON")
    func events() throws {
        var names: Set<LedgerEvent.Name> = []
        for event in EveryRecord.events {
            let json = try EventRecord(event).json()
            // Unsafe: the bytes of a span of bytes are all initialised.
            #expect(try unsafe EventRecord(json: json.span.bytes).event == event)
            #expect(!event.sentence.isEmpty)
            names.insert(event.name)
        }
        #expect(names == Set(LedgerEvent.Name.allCases), "an event without an example")
    }

    @Test("The JSON is flat: a command's own members stand beside its name")
    func flat() throws {
        let record = AdministrativeRecord(
            .fact(.started(version: "1", policy: nil)), by: .gateway)
        #expect(
            String(decoding: try record.json(), as: UTF8.self)
                == #"{"by":{"name":"gateway","role":"gateway"},"command":"fact.started","#
                + #""version":"1"}"#)
        let event = LedgerEvent.coverNear(operation: "x", participants: 40_000, cover: 50_000)
        #expect(
            String(decoding: try EventRecord(event).json(), as: UTF8.self)
                == #"{"cover":50000,"event":"cover.near","operation":"x","participants":40000}"#)
    }

    @Test("A command or an event that is not known is an error that names it")
    func unknownNames() {
        expect(.unknownCommand("operation.paint")) {
            _ = try read(text: #"{"command":"operation.paint","operation":"x","by":\#(by)}"#)
        }
        expect(.unknownEvent("cover.lost")) {
            let json = Array(#"{"event":"cover.lost","operation":"x"}"#.utf8)
            // Unsafe: the bytes of a span of bytes are all initialised.
            _ = try unsafe EventRecord(json: json.span.bytes)
        }
    }

    @Test(
        "A member that is not known is an error at any depth, unless it says that it is skippable")
    func unknownMembers() throws {
        let known = #""command":"operation.open","operation":"x""#
        expect(.unknownMember("/color")) {
            _ = try read(text: #"{\#(known),"color":"red","by":\#(by)}"#)
        }
        expect(.unknownMember("/by/shift")) {
            _ = try read(text: #"{\#(known),"by":{"role":"admin","name":"a","shift":"night"}}"#)
        }
        // No member at all where there is nothing: a second text for one meaning is none.
        expect(.unknownMember("/note")) {
            _ = try read(text: #"{\#(known),"note":null,"by":\#(by)}"#)
        }
        let skipped = try read(
            text: #"{\#(known),"_color":{"any":[1]},"by":{"role":"admin","name":"a","_x":1}}"#)
        #expect(skipped.command == .operation(.open(id: "x", note: nil)))
        // White space and order are the writer's.
        _ = try read(text: #"{ "by": \#(by), "operation" : "x", "command":"operation.open" }"#)
    }

    @Test("An unknown member within a measurement is found too")
    func depth() throws {
        let report = PressureReport(
            level: .strained, windowMilliseconds: 1_000, attemptsPerSecond: 1,
            acceptedPerSecond: 1,
            operations: [
                .init(
                    operation: "x", attemptsPerSecond: 1, acceptedPerSecond: 1, queuePermille: 1,
                    attemptsPermille: 1)
            ])
        let record = AdministrativeRecord(.fact(.measured(report)), by: .gateway)
        let text = String(decoding: try record.json(), as: UTF8.self)
        #expect(text.contains(#""level":"strained""#))
        let changed = text.replacing(#""queue_permille""#, with: #""rage":2,"queue_permille""#)
        expect(.unknownMember("/operations/0/rage")) { _ = try read(text: changed) }
    }

    @Test("A setting of the policy that a later version adds has a default in earlier records")
    func policy() throws {
        let record = try read(
            text: #"{"command":"contract.set_policy","policy":{"calm_seconds":7},"by":\#(by)}"#)
        var policy = Policy()
        policy.calmSeconds = 7
        #expect(record.command == .contract(.setPolicy(policy)))
    }

    @Test("A replay names the record that it cannot read")
    func replay() throws {
        let world = World()
        try world.open("summer")
        let json = #"{"command":"operation.close","operation":"summer","at":1,"by":\#(by)}"#
        #expect(
            throws: ReplayError.malformedCommand(detail: "unknown member `/at`", record: 4)
        ) {
            try world.ledger.replay(AdministrativeRecord.kind, Array(json.utf8), at: world.now)
        }
    }

    private var by: String { #"{"role":"admin","name":"a"}"# }

    private func read(text: String) throws -> AdministrativeRecord { try read(Array(text.utf8)) }

    private func read(_ json: [UInt8]) throws -> AdministrativeRecord {
        // Unsafe: the bytes of a span of bytes are all initialised.
        try unsafe AdministrativeRecord(json: json.span.bytes)
    }

    private func expect(_ error: RecordFormatError, _ body: () throws -> Void) {
        #expect(throws: error) { try body() }
    }
}

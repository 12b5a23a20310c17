import Testing

/// What the fold keeps is in a snapshot, or follows from what is.
///
/// The compiler writes the parts that are `Codable`; those that are written by hand have a line
/// here for each stored property. A property that is added to one of them fails this test until
/// it is written and read, or until it is said why it need not be.
@Suite("A snapshot holds everything that the ledger keeps")
struct SnapshotCoverageTests {
    /// By file and type: each stored property, and where a snapshot has it.
    private static let coverage: [(file: String, type: String, properties: [String: String])] = [
        (
            "Ledger.swift", "Ledger",
            [
                "catalogue": "written", "records": "written", "decider": "written",
                "ladders": "written", "events": "empty between two batches",
                "due": "follows from the operations",
                "clientShares": "follows from the operations' marks",
                "dueEvents": "counted anew by each batch", "inPlace": "holds nothing",
                "knownLevel": "the build's",
            ]
        ),
        (
            "OperationLadders.swift", "OperationLadders",
            ["byOperation": "written", "active": "follows", "platform": "written"]
        ),
        (
            "EntryDecider.swift", "EntryDecider",
            [
                "operations": "written", "localTimes": "follows from the operations",
                "keys": "follows from the keys", "lastEntry": "written", "nextLeaf": "written",
                "participants": "written", "secondKeys": "written", "idempotency": "written",
                "challenges": "written", "tests": "written", "months": "written",
            ]
        ),
        (
            "MonthCounts.swift", "MonthCounts",
            [
                "month": "written", "end": "follows from the month and the calendar",
                "localTime": "follows from the calendar", "operations": "written",
            ]
        ),
        (
            "MonthCounts.swift", "OperationMonths",
            ["before": "written", "months": "written"]
        ),
        (
            "TestEntries.swift", "TestEntries",
            ["permits": "written", "table": "written", "memoryLimitBytes": "given"]
        ),
        (
            "TestEntries.swift", "PermitState",
            [
                "operation": "follows", "starts": "follows", "ends": "follows",
                "isRevoked": "follows", "entries": "written", "participants": "written",
            ]
        ),
        ("SecondKeyCounts.swift", "SecondKeyCounts", ["table": "written"]),
        (
            "Catalogue/Catalogue.swift", "Catalogue",
            [
                "clientTable": "written", "operationTable": "written", "keyTable": "written",
                "tokenTable": "written", "webhookTable": "written", "policy": "written",
                "permitTable": "written", "serviceTable": "written", "calendar": "written",
                "minutes": "written", "suspensions": "written",
                "starts": "written", "recordedLevel": "written",
            ]
        ),
        (
            "Minutes/MinuteTable.swift", "MinuteTable",
            ["recorded": "written", "slots": "written", "reports": "written"]
        ),
        (
            "Minutes/MinuteTable.swift", "Report",
            ["minute": "written", "slot": "written", "tally": "written", "state": "written"]
        ),
        (
            "Minutes/SuspensionHistory.swift", "SuspensionHistory",
            ["current": "written", "ended": "written"]
        ),
        (
            "Minutes/SuspensionHistory.swift", "Ended",
            ["faults": "written", "others": "written"]
        ),
        ("Catalogue/ClientTable.swift", "ClientTable", ["all": "written", "indices": "follows"]),
        ("Catalogue/PermitTable.swift", "PermitTable", ["all": "written", "indices": "follows"]),
        (
            "Catalogue/ServiceTable.swift", "ServiceTable",
            [
                "records": "written", "minutes": "written", "businessCalendar": "written",
                "due": "follows from the records",
            ]
        ),
        (
            "Catalogue/OperationTable.swift", "OperationTable",
            [
                "all": "written", "indices": "follows", "held": "follows",
                "limited": "follows", "lackingNotice": "follows",
            ]
        ),
        (
            "Catalogue/FrontEndKeyTable.swift", "FrontEndKeyTable",
            ["all": "written", "indices": "follows", "digests": "follows"]
        ),
        ("Catalogue/AccessTokenTable.swift", "AccessTokenTable", ["all": "written"]),
        ("Catalogue/WebhookTable.swift", "WebhookTable", ["all": "written", "indices": "follows"]),
        (
            "Catalogue/Catalogue+Operation.swift", "Operation",
            [
                "id": "written", "settings": "written", "phase": "written",
                "isClosedByClient": "written",
                "createdAt": "written", "dataKeyID": "written", "keys": "written",
                "traffic": "written", "restrictions": "written", "clientChanges": "written",
                "clientResets": "written",
                "retirement": "written", "queue": "written",
            ]
        ),
        (
            "OperationEntryState.swift", "OperationEntryState",
            [
                "phase": "follows", "suspension": "follows", "rule": "follows",
                "isReset": "follows", "needsAge": "follows", "needsConsents": "follows",
                "opens": "follows", "closes": "follows", "mark": "follows",
                "isLimited": "follows", "entryCap": "follows", "participantCap": "follows",
                "secondKeyLimit": "follows", "identityMark": "follows",
                "entries": "written", "participants": "written", "robots": "written",
                "tests": "written", "day": "written",
                "dayStart": "written", "dayEnd": "written", "ownMark": "follows",
                "sharesCover": "follows", "announced": "follows",
                "isCrossedTogether": "follows", "sharedMark": "written",
                "countedAnnounced": "follows",
            ]
        ),
        (
            "OperationEntryState.swift", "KeyState",
            ["operation": "follows", "isRevoked": "follows"]
        ),
        (
            "IdempotencyMemory.swift", "IdempotencyMemory",
            [
                "current": "written", "previous": "written", "span": "written",
                "retired": "no longer consulted", "memoryLimitBytes": "given",
            ]
        ),
        (
            "UsedChallenges.swift", "UsedChallenges",
            [
                "current": "written", "next": "written", "span": "written",
                "retired": "no longer consulted", "memoryLimitBytes": "given", "limit": "given",
            ]
        ),
        (
            "ParticipantTable.swift", "ParticipantTable",
            [
                "parts": "written", "count": "follows", "memoryBytes": "follows",
                "memoryLimitBytes": "given", "spare": "memory for later",
                "drained": "of a table that is no longer consulted",
            ]
        ),
        (
            "SubTable.swift", "SubTable",
            [
                "mapping": "written", "slots": "written", "settled": "written",
                "recent": "written", "used": "written",
            ]
        ),
        (
            "SubTable.swift", "SlotRange",
            ["start": "written", "end": "written", "homes": "written", "count": "written"]
        ),
    ]

    @Test("each stored property of what is written by hand has its line")
    func everyProperty() throws {
        for (name, type, properties) in Self.coverage {
            let path = "Sources/Ledger/" + name
            let file = try Repository.swiftFile(path)
            let stored = Self.storedProperties(of: type, in: file)
            #expect(!stored.isEmpty, "\(path) has no type \(type)")
            #expect(
                Set(stored) == Set(properties.keys),
                "\(type) in \(path): write what was added in a snapshot, and give it a line here")
        }
    }

    @Test("a property that is added is found")
    func additionsAreFound() {
        let text = """
            package struct Thing: Sendable {
                /// One.
                package private(set) var one = 1
                let two: Int
                var computed: Int { one }
                static let three = 3
                struct Inner {
                    var four = 4
                }
                @Wrapped var five: [Int] = []
            }
            """
        let file = SourceFile(path: "Thing.swift", text: text)
        #expect(Self.storedProperties(of: "Thing", in: file) == ["one", "two", "five"])
    }

    /// The names of the stored properties in the body of a struct, but for those of types in it.
    private static func storedProperties(of type: String, in file: SourceFile) -> [String] {
        var names: [String] = []
        var depth = 0
        var isInside = false
        for line in file.code {
            let words = line.split { " :<{".contains($0) }
            if !isInside {
                guard let place = words.firstIndex(of: "struct"), place + 1 < words.count,
                    words[place + 1] == type
                else { continue }
                isInside = true
            } else if depth == 1, !words.contains("static"), !words.contains("func"),
                let place = words.firstIndex(where: { $0 == "var" || $0 == "let" }),
                place + 1 < words.count, !line.contains("{")
            {
                names.append(String(words[place + 1]))
            }
            depth += line.count { $0 == "{" } - line.count { $0 == "}" }
            if depth == 0 { return names }
        }
        return names
    }
}

import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Forgetting entries: in every copy of the journal, and whatever happens meanwhile (C22)")
    struct ForgettingTests {
        @Test("a forgotten entry is in an export without its data, in no file, and others stay")
        func export() throws {
            let gateway = try Gateway()
            try gateway.start()
            let operation = try gateway.openOperation()
            for person in ["anna-unique-4711", "bert"] {
                let entry = operation.entry(person, members: #""fields":{"size":"M"}"#)
                #expect(try gateway.post(entry).status == 201)
            }
            let busy = try gateway.vault("forget", "ete", "0")
            #expect(busy.ending == .exit(74) && busy.errors.contains("running"), "\(busy)")
            #expect(try gateway.stop() == .exit(0))
            let leaves = try gateway.records("entry").compactMap { $0["leaf"]?.integer }
            #expect(leaves.count == 2 && Set(leaves).count == 2)
            let told = try gateway.vault("forget", "ete", "\(leaves[0])")
            #expect(told.ending == .exit(0) && told.output.contains("1 leaves"), "\(told)")
            let again = try gateway.vault("forget", "ete", "\(leaves[0])-\(leaves[0])")
            #expect(again.ending == .exit(0) && again.output.contains("0 leaves"), "\(again)")
            let status = try gateway.vault("status")
            #expect(status.output.contains("1 leaves forgotten, 180 nodes"), "\(status)")
            #expect(try !gateway.dataContains("anna-unique-4711"))
            try gateway.start()
            // The ledger still knows the person; nobody can read who it was.
            #expect(try gateway.post(operation.entry("anna-unique-4711")).status == 200)
            #expect(try gateway.post(operation.entry("carl")).status == 201)
            let reset = try gateway.say(
                "operation", "reset", "ete", "--confirm", "ete", "--json")
            let file = try #require(reset.json["export"]?["file"]?.string, "\(reset)")
            let lines = gateway.directory.text("data/exports/" + file).split(separator: "\n")
            #expect(lines.count == 4, "\(lines)")
            #expect(lines[1].contains(#""participant":null,"fields":null"#), "\(lines[1])")
            #expect(lines[1].hasSuffix(#""erased":true}"#), "\(lines[1])")
            #expect(lines[2].contains(#""participant":"bert","fields":{"size":"M"}"#))
            #expect(lines[3].contains(#""participant":"carl""#) && !lines[3].contains("erased"))
            #expect(try gateway.stop() == .exit(0))
        }

        @Test("all so far, wrong leaves, wrong names")
        func refusals() throws {
            let gateway = try Gateway()
            try gateway.start()
            let operation = try gateway.openOperation()
            #expect(try gateway.post(operation.entry("anna")).status == 201)
            #expect(try gateway.stop() == .exit(0))
            #expect(try gateway.vault("forget", "nothing", "0").ending == .exit(1))
            #expect(try gateway.vault("forget", "ete", "99999999999").ending == .exit(1))
            for wrong in ["x", "5-4", "-", "281474976710656"] {
                #expect(try gateway.vault("forget", "ete", wrong).ending == .exit(64), "\(wrong)")
            }
            #expect(try gateway.vault("forget", "ete").ending == .exit(64))
            let all = try gateway.vault("forget", "ete", "--all")
            #expect(all.ending == .exit(0), "\(all)")
            try gateway.start()
            #expect(try gateway.post(operation.entry("bert")).status == 201)
            #expect(try gateway.stop() == .exit(0))
        }

        @Test("killed at any system call: the entry is readable, or gone and the old file with it")
        func killed() throws {
            let gateway = try Gateway()
            try gateway.start()
            let operation = try gateway.openOperation()
            for number in 0..<3 {
                #expect(try gateway.post(operation.entry("p\(number)")).status == 201)
            }
            #expect(try gateway.stop() == .exit(0))
            let keys = gateway.data + "/keys"
            let name = try #require(
                try FileManager.default.contentsOfDirectory(atPath: keys)
                    .first { $0.hasSuffix(".key") })
            let old = try Data(contentsOf: URL(filePath: keys + "/" + name))
            var outcomes: [Bool: Int] = [:]
            for call in ["open", "pwrite", "fsync", "link", "rename", "unlink"] {
                for number in 1...60 {
                    let rules = "\(call):KILL:\(number)"
                    let forget = try gateway.vault("forget", "ete", "1", faults: rules)
                    let wasKilled = forget.ending == .signal(SIGKILL)
                    #expect(wasKilled || forget.ending == .exit(0), "\(rules): \(forget)")
                    // Opening the vault finishes what was interrupted.
                    let status = try gateway.vault("status")
                    #expect(status.ending == .exit(0), "\(rules): \(status)")
                    let isForgotten = status.output.contains("1 leaves forgotten, 180 nodes")
                    #expect(isForgotten || status.output.contains("0 leaves forgotten, 1 nodes"))
                    #expect(isForgotten || wasKilled, "\(rules): said to be done, and is not")
                    let names = try FileManager.default.contentsOfDirectory(atPath: keys).sorted()
                    #expect(names == [name, "leaves", "store"].sorted(), "\(rules): \(names)")
                    let isOldThere = try gateway.dataContains(old.dropFirst(8).prefix(40))
                    #expect(isOldThere != isForgotten, "\(rules)")
                    outcomes[isForgotten, default: 0] += 1
                    // From the same state once more.
                    try old.write(to: URL(filePath: keys + "/" + name))
                    if !wasKilled { break }
                }
            }
            #expect(outcomes[true, default: 0] > 6 && outcomes[false, default: 0] > 6)
            print("killed or not, by whether the entry was forgotten: \(outcomes)")
        }
    }
}

extension Gateway {
    /// `portillon vault` on the gateway's folder.
    /// - Parameter faults: rules of the fault injector.
    fileprivate func vault(_ arguments: String..., faults: String? = nil) throws -> Said {
        var environment = ["PATH": "/usr/bin:/bin"]
        if let faults {
            environment["LD_PRELOAD"] = Self.built("libFaultInjection.so")
            environment["FAULT_INJECTION_DIR"] = data
            environment["FAULT_INJECTION"] = faults
        }
        let name = "vault-\(UUID().uuidString)"
        let rest = [arguments[0], "--data", data] + arguments.dropFirst()
        let process = try ChildProcess(
            [try Self.executable(), "vault"] + rest, environment: environment,
            output: directory.path(name + ".out"), errors: directory.path(name + ".err"))
        let ending = process.wait(atMostSeconds: 120)
        return Said(
            ending: ending, output: directory.text(name + ".out"),
            errors: directory.text(name + ".err"))
    }

    fileprivate func dataContains(_ text: String) throws -> Bool {
        try dataContains(Data(text.utf8))
    }

    /// Whether any file of the data folder has these bytes in it.
    fileprivate func dataContains(_ bytes: Data) throws -> Bool {
        let files = try #require(FileManager.default.enumerator(atPath: data))
        for case let name as String in files {
            // A folder has no contents.
            guard let contents = FileManager.default.contents(atPath: data + "/" + name) else {
                continue
            }
            if contents.range(of: bytes) != nil { return true }
        }
        return false
    }
}

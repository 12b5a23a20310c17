import Foundation
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Copies of a data folder that a gateway is writing")
    struct CopyTests {
        /// How many copies are made; PORTILLON_COPIES asks for more.
        static let copies =
            ProcessInfo.processInfo.environment["PORTILLON_COPIES"].flatMap(Int.init) ?? 5

        static let small = [
            "--limit", "journal_segment_bytes=1048576", "--limit", "journal_batch_bytes=524288",
        ]

        @Test("made file by file, in any order, open and are whole up to what was stored before")
        func fileByFile() throws {
            var seed = SeededGenerator.printed("copies of a live folder")
            let gateway = try Gateway()
            try gateway.start(options: Self.small)
            let operation = try gateway.openOperation()
            let writers = Writers()
            // What comes during a copy is the point, not how much: it is copied and read each time.
            writers.start(
                6, run: "w", port: gateway.port, operation: operation, pauseMilliseconds: 10)
            defer { writers.stop() }
            var opened = 0
            for round in 0..<Self.copies {
                pause(milliseconds: .random(in: 50...400, using: &seed))
                let before = writers.known.acknowledged
                let copy = try Gateway()
                switch round % 5 {
                case 0: try gateway.shell("cp -a '\(gateway.data)' '\(copy.data)'")
                case 1:
                    try gateway.shell(
                        "mkdir '\(copy.data)'; tar -C '\(gateway.data)' -cf - "
                            + "--warning=no-file-changed "
                            + "--ignore-failed-read . > '\(copy.data).tar' || [ $? = 1 ]; "
                            + "tar -C '\(copy.data)' -xf '\(copy.data).tar'")
                default:
                    try slowly(gateway.data, copy.data, order: round % 5, using: &seed)
                }
                var options = Self.small
                try copy.launch(options: options)
                while !isSettled(copy) { pause(milliseconds: 5) }
                while let ending = copy.process?.poll() {
                    #expect(ending == .exit(74), "round \(round): \(copy.errors)")
                    // It says what is missing, and which flag goes on without.
                    let flags = ["missing-records", "missing-keys"].filter {
                        copy.errors.contains("--accept \($0)") && !options.contains($0)
                    }
                    let flag = try #require(flags.first, "round \(round): \(copy.errors)")
                    options += ["--accept", flag]
                    try copy.launch(options: options)
                    while !isSettled(copy) { pause(milliseconds: 5) }
                }
                if options == Self.small { opened += 1 }
                let connection = try copy.connect()
                for (participant, known) in before.shuffled(using: &seed).prefix(200) {
                    let answer = try connection.exchange(operation.entry(participant).text)
                    #expect(answer.status == 200, "round \(round): \(participant): \(answer)")
                    #expect(answer.json["participant_number"]?.integer == known.number)
                }
                // What comes now is not sealed under a key that the original uses too.
                #expect(copy.says("the data folder is a copy"), "\(copy.errors)")
                try copy.kill()
                try copy.start(options: Self.small)
                #expect(try copy.stop() == .exit(0))
                let vault = try copy.say("vault", "status", "--data", copy.data)
                let next = vault.output.split(whereSeparator: { " \t\n".contains($0) })
                    .compactMap { Int($0) }.first
                #expect((next ?? 0) > 1 << 24, "\(vault)")
            }
            print("copies of a live folder: \(opened) of \(Self.copies) opened without a flag")
            writers.stop()
            #expect(writers.join())
            #expect(writers.known.faults.isEmpty, "\(writers.known.faults)")
            #expect(try gateway.stop() == .exit(0))
        }

        @Test("portillon backup: incremental, verified, restored by copying; keys as asked")
        func backup() throws {
            let gateway = try Gateway()
            try gateway.start(options: Self.small)
            let operation = try gateway.openOperation()
            let writers = Writers()
            writers.start(
                4, run: "w", port: gateway.port, operation: operation, pauseMilliseconds: 5)
            defer { writers.stop() }
            let target = gateway.directory.path("backup")
            var before: [String: Acknowledgement] = [:]
            for round in 0..<4 {
                pause(milliseconds: 300)
                before = writers.known.acknowledged
                let said = try gateway.say("backup", gateway.data, target, "--json")
                #expect(said.ending == .exit(0), "round \(round): \(said)")
                #expect(said.json["keys"]?.integer == 1, "\(said)")
                #expect(try gateway.run(["journal", "verify", target]) == .exit(0))
                if round == 1 {
                    let other = try gateway.admin(
                        "PUT", "/v1/operations/gone", #"{"client":"acme","title":"T"}"#)
                    #expect(other.status == 201, "\(other)")
                    #expect(try gateway.say("backup", gateway.data, target).ending == .exit(0))
                    #expect(try keyFiles(target) == 2)
                    let deleted = try gateway.say(
                        "operation", "delete", "gone", "--confirm", "gone")
                    #expect(deleted.ending == .exit(0), "\(deleted)")
                }
            }
            #expect(try keyFiles(target) == 1, "the deleted operation's key is destroyed here too")
            let bare = gateway.directory.path("bare")
            let said = try gateway.say("backup", gateway.data, bare, "--without-keys")
            #expect(said.ending == .exit(0), "\(said)")
            #expect(!FileManager.default.fileExists(atPath: bare + "/keys"))
            #expect(!FileManager.default.fileExists(atPath: target + "/master.key"))
            writers.stop()
            #expect(writers.join())

            let restored = try Gateway()
            try gateway.shell(
                "cp -a '\(target)' '\(restored.data)'; cp -a '\(gateway.data)/master.key' "
                    + "'\(restored.data)'"
            )
            try restored.start(options: Self.small)
            let connection = try restored.connect()
            for (participant, known) in before.prefix(200) {
                let answer = try connection.exchange(operation.entry(participant).text)
                #expect(answer.status == 200, "\(participant): \(answer)")
                #expect(answer.json["participant_number"]?.integer == known.number)
            }
            #expect(try restored.post(operation.entry("somebody-else")).status == 201)
            #expect(try restored.stop() == .exit(0))
            // Another history under the same numbers is not mixed in.
            #expect(try gateway.stop() == .exit(0))
            #expect(try gateway.say("backup", gateway.data, target).ending == .exit(0))
            let mixed = try gateway.say("backup", restored.data, target)
            #expect(mixed.ending == .exit(74), "\(mixed)")
            #expect(try gateway.run(["journal", "verify", target]) == .exit(0))
        }

        @Test("a backup is refused where it would keep older keys, or lie in the data folder")
        func refusedBackups() throws {
            let gateway = try Gateway()
            try gateway.start(options: Self.small)
            _ = try gateway.openOperation()
            #expect(try gateway.stop() == .exit(0))
            let target = gateway.directory.path("backup")
            #expect(try gateway.say("backup", gateway.data, target).ending == .exit(0))
            let bare = try gateway.say("backup", gateway.data, target, "--without-keys")
            #expect(bare.ending == .exit(74), "\(bare)")
            #expect(bare.output.isEmpty && bare.errors.contains("remove that folder"), "\(bare)")
            #expect(try keyFiles(target) == 1)
            try gateway.shell("rm -r '\(target)/keys'")
            let second = try gateway.say("backup", gateway.data, target, "--without-keys")
            #expect(second.ending == .exit(0), "\(second)")

            try gateway.shell(
                "cd '\(gateway.data)'; ln -s data ../link; mkdir there; ls -A > ../before")
            let names = ["data/backup", "data/there", "data/keys/backup", "link/backup"]
            for name in names {
                let path = gateway.directory.path(name)
                let said = try gateway.say("backup", gateway.data, path)
                #expect(said.ending == .exit(74), "\(name): \(said)")
                #expect(said.errors.contains("is inside the data folder"), "\(name): \(said)")
            }
            try gateway.shell("cd '\(gateway.data)'; ls -A | cmp - ../before; rmdir there")
        }

        private func isSettled(_ gateway: Gateway) -> Bool {
            gateway.process?.poll() != nil || gateway.answersReady()
        }

        private func keyFiles(_ folder: String) throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: folder + "/keys")
                .count { $0.hasSuffix(".key") }
        }

        /// Copies a folder in pieces, with pauses, in the order of names, backwards or at random.
        private func slowly(
            _ source: String, _ target: String, order: Int, using seed: inout SeededGenerator
        ) throws {
            let files = FileManager.default
            var names = try files.subpathsOfDirectory(atPath: source).sorted()
            if order == 3 { names.reverse() }
            if order == 4 { names.shuffle(using: &seed) }
            for name in names {
                var isFolder: ObjCBool = false
                let path = source + "/" + name
                // What went since it was listed is not copied.
                guard unsafe files.fileExists(atPath: path, isDirectory: &isFolder) else {
                    continue
                }
                let copy = URL(filePath: target + "/" + name)
                let folder = isFolder.boolValue ? copy : copy.deletingLastPathComponent()
                try files.createDirectory(at: folder, withIntermediateDirectories: true)
                // As above.
                guard !isFolder.boolValue, let input = FileHandle(forReadingAtPath: path)
                else { continue }
                #expect(
                    files.createFile(
                        atPath: copy.path, contents: nil, attributes: [.posixPermissions: 0o600]))
                let output = try FileHandle(forWritingTo: copy)
                while let piece = try input.read(upToCount: 32 << 10), !piece.isEmpty {
                    try output.write(contentsOf: piece)
                    if piece != Data(count: piece.count) { pause(milliseconds: 1) }
                }
                try output.close()
            }
        }
    }
}

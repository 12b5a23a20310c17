import Foundation
import TestSupport

/// The fault injector for one gateway, told through a file so that a running process obeys too.
struct Faults {
    private let directory: TemporaryDirectory
    private let data: String

    /// - Parameter folder: a folder of the data folder, where only its files are to be touched.
    /// - Throws: if the injector was not built.
    init(for gateway: Gateway, below folder: String = "") throws {
        directory = gateway.directory
        data = gateway.data + folder
        guard FileManager.default.fileExists(atPath: Self.library) else {
            throw GatewayFailure("\(Self.library) is missing: run swift build --build-tests")
        }
        try set("off")
    }

    var environment: [String: String] {
        [
            "LD_PRELOAD": Self.library,
            "FAULT_INJECTION_DIR": data,
            // Small segments: many are made while a test runs, and a disk is full soon.
            "PORTILLON_LIMITS_JOURNAL_SEGMENT_BYTES": "2097152",
            "FAULT_INJECTION_FILE": directory.path("faults"),
            "FAULT_INJECTION_LOG": directory.path("faults.log"),
        ]
    }

    /// Puts rules in force, for example `fdatasync:EIO:3`; `off` ends them.
    func set(_ rules: String) throws {
        // Atomically means by rename, so the process never reads half a rule.
        try rules.write(toFile: directory.path("faults"), atomically: true, encoding: .utf8)
    }

    /// The faults that struck so far, as `fdatasync EIO /path`.
    var struck: [Substring] { directory.text("faults.log").split(separator: "\n") }

    private static var library: String { Gateway.built("libFaultInjection.so") }
}

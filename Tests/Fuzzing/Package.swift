// swift-tools-version: 6.3
import PackageDescription

// The fuzzer: the targets of Tests/FuzzTests driven by libFuzzer, with every module instrumented.
// A package of its own, because `-sanitize=fuzzer` is of all that is compiled; the sources are the
// gateway's own, by the symbolic links `Modules` and `Targets`, and so is everything of `package`
// access in them. `ops/fuzz` builds and runs it.

/// The settings of the gateway's targets, as in the Package.swift at the root.
let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
]

func module(
    _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Modules/" + name, exclude: exclude,
        swiftSettings: strict)
}

let package = Package(
    name: "fuzz",
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0")
    ],
    targets: [
        .target(name: "CLinux", path: "Modules/CLinux"),
        .systemLibrary(
            name: "COpenSSL", path: "Modules/COpenSSL", pkgConfig: "openssl",
            providers: [.apt(["libssl-dev"])]),
        .systemLibrary(
            name: "CZlib", path: "Modules/CZlib", pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CNghttp2", path: "Modules/CNghttp2", pkgConfig: "libnghttp2",
            providers: [.apt(["libnghttp2-dev"])]),
        module("Bytes"),
        module("Time", ["Bytes", "CLinux"]),
        module("Addresses", ["Bytes"]),
        module("Cryptography", ["Bytes", "COpenSSL"]),
        module("LockFree"),
        module("Threads", ["CLinux"]),
        module("Files", ["Bytes", "CLinux"]),
        module("Vault", ["Bytes", "Cryptography", "Files"]),
        module("Wire", ["Addresses", "Bytes", "Time"]),
        module("Sockets", ["Addresses", "Bytes", "CLinux", "COpenSSL", "Files"]),
        module("AdminClient", ["Bytes", "Sockets", "Wire"]),
        module(
            "Cluster",
            [
                "Bytes", "CNghttp2", "Cryptography", "Files", "LockFree", "Log", "Sockets",
                "Threads", "Time", "Vault",
            ]),
        module("Contract", ["Bytes", "Time"]),
        module("Availability", ["Time"]),
        module("Robots", ["Bytes", "CLinux", "Cryptography", "Time"], exclude: ["RULESET.md"]),
        module("Ledger", ["Availability", "Bytes", "CLinux", "Contract", "Time"]),
        module(
            "Log", ["Bytes", "Cryptography", "Files", "Threads", "Time"], exclude: ["FORMAT.md"]),
        module(
            "Playback", ["Bytes", "Contract", "Cryptography", "Ledger", "Log", "Time"]),
        module(
            "Evidence", ["Bytes", "Contract", "Cryptography", "Ledger", "Playback", "Time"]),
        module(
            "Webhooks",
            ["Availability", "Bytes", "Contract", "Cryptography", "Ledger", "Time", "Wire"]),
        module(
            "Snapshots",
            [
                "Bytes", "Cryptography", "Evidence", "Files", "Ledger", "Log", "Playback", "Time",
                "Webhooks",
            ]),
        module("Projections", ["Cryptography", "Evidence", "Ledger", "Time", "Webhooks"]),
        module("Exposition", ["Bytes", "LockFree", "CZlib"]),
        module(
            "Gateway",
            [
                "Addresses", "AdminClient", "Availability", "Bytes", "CLinux", "Cluster",
                "Contract", "Cryptography", "Evidence", "Exposition", "Files", "Log", "Ledger",
                "LockFree", "Playback",
                "Projections", "Robots", "Snapshots", "Sockets", "Threads", "Time", "Vault",
                "Webhooks", "Wire",
                .product(name: "Logging", package: "swift-log"),
            ]),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Addresses", "Bytes", "Cluster", "Contract", "Cryptography", "Evidence",
                "Exposition", "Files", "Gateway", "Log", "Ledger", "Robots", "Snapshots",
                "Sockets", "Time", "Wire",
            ],
            path: "Targets",
            swiftSettings: strict),
        .executableTarget(
            name: "portillon-fuzz", dependencies: ["FuzzTargets"], path: "Driver",
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)

// swift-tools-version: 6.3
import PackageDescription

/// The settings of every target; `STYLE` rules that the compiler can hold, it holds.
let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
]

/// A library module of the gateway: who may import whom is held by `Tests/StructureTests` as well.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The tests of one module, beside it in name.
func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: name + "Tests",
        dependencies: [.target(name: name)] + dependencies,
        swiftSettings: strict)
}

let package = Package(
    name: "portillon",
    products: [
        .executable(name: "portillon", targets: ["portillon"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    ],
    targets: [
        .target(name: "CLinux"),
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        module("Bytes"),
        module("Cryptography", ["Bytes", "COpenSSL"]),
        module("Counters"),
        module("Wire", ["Bytes"]),
        module("Sockets", ["Bytes", "CLinux"]),
        module("Contract", ["Bytes"]),
        module("Ledger", ["Bytes", "Contract"]),
        module("Journal", ["Bytes", "Cryptography"]),
        module(
            "Gateway",
            [
                "Bytes", "CLinux", "Contract", "Counters", "Cryptography", "Journal",
                "Ledger", "Sockets", "Wire", .product(name: "Logging", package: "swift-log"),
            ]),
        .executableTarget(
            name: "portillon",
            dependencies: [
                "Bytes", "CLinux", "Gateway", "Journal", "Ledger",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)

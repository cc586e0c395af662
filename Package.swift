// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// Sources/README.md is the map of these targets. Arrows point down only; Tests/ArchitectureTests holds that line.

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

// Swift Testing's macros expand to code that strict memory safety objects to, so tests go without it.
let testing: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
    name: "heliograph",
    products: [
        .executable(name: "heliographd", targets: ["heliographd"]),
        .executable(name: "helio", targets: ["helio"]),
        .executable(name: "heliograph-bmcsim", targets: ["heliograph-bmcsim"]),
        .executable(name: "heliograph-bench", targets: ["heliograph-bench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        // Executables: read flags and start.
        .executableTarget(
            name: "heliographd",
            dependencies: ["HeliographServer", "HeliographConfig", argumentParser, logging],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "helio",
            dependencies: [
                "ControlProtocol", "OperatorSession", "HeliographConfig", "ConfigurationFiles", "LogStore",
                "CCrypt",
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "heliograph-bmcsim",
            dependencies: ["BMCSimulator", "IPMI", argumentParser],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "heliograph-bench",
            dependencies: ["BMCSimulator", argumentParser],
            path: "Sources/heliograph-bench",
            swiftSettings: strict
        ),

        // Wiring and drivers: these touch the world.
        .target(
            name: "HeliographServer",
            dependencies: [
                "ConsoleHub", "SerialOverLAN", "IPMI", "OperatorSession", "HeliographConfig",
                "ControlProtocol",
                "ConfigurationFiles", "LogStore", "SSHFrontEnd", nioCore, nioPosix, logging, lifecycle,
                unixSignals, deque,
            ],
            swiftSettings: strict
        ),
        .target(name: "ConfigurationFiles", dependencies: ["HeliographConfig"], swiftSettings: strict),
        .target(name: "LogStore", dependencies: ["CLogStore", logging], swiftSettings: strict),
        .target(
            name: "SSHFrontEnd",
            dependencies: ["CLibSSH", "CCrypt", "CLinux", "OperatorSession", logging],
            swiftSettings: strict
        ),
        .target(
            name: "BMCSimulator",
            dependencies: ["IPMI", "CDatagrams"],
            swiftSettings: strict
        ),

        // Cores: no input or output below this line.
        .target(name: "ConsoleHub", dependencies: ["SerialOverLAN", "IPMI"], swiftSettings: strict),
        .target(name: "OperatorSession", swiftSettings: strict),
        .target(name: "TerminalKeys", swiftSettings: strict),
        .target(name: "ControlProtocol", dependencies: ["OperatorSession"], swiftSettings: strict),
        .target(name: "HeliographConfig", dependencies: [yams], swiftSettings: strict),
        .target(name: "SerialOverLAN", dependencies: ["IPMI"], swiftSettings: strict),
        .target(name: "IPMI", dependencies: ["CPacketCrypto"], swiftSettings: strict),

        // C: OpenSSL's EVP for packets, libssh and libcrypt from the system, and the Linux calls Glibc's module lacks.
        .target(name: "CPacketCrypto", linkerSettings: [.linkedLibrary("crypto")]),
        .target(
            name: "CLogStore",
            linkerSettings: [.linkedLibrary("crypto"), .linkedLibrary("zstd"), .linkedLibrary("z")]
        ),
        .target(name: "CLinux"),
        .target(name: "CDatagrams"),
        .systemLibrary(name: "CLibSSH", pkgConfig: "libssh", providers: [.apt(["libssh-dev"])]),
        .systemLibrary(name: "CCrypt", providers: [.apt(["libcrypt-dev"])]),

        // Tests.
        .target(name: "TestSupport", dependencies: [], path: "Tests/TestSupport", swiftSettings: testing),
        .testTarget(
            name: "IPMITests",
            dependencies: ["IPMI", "TestSupport", crypto, cryptoExtras],
            resources: [.copy("Vectors")],
            swiftSettings: testing
        ),
        .testTarget(
            name: "SerialOverLANTests",
            dependencies: ["SerialOverLAN", "IPMI", "BMCSimulator", "TestSupport"],
            swiftSettings: testing
        ),
        .testTarget(
            name: "ConsoleHubTests",
            dependencies: ["ConsoleHub", "SerialOverLAN", "IPMI", "BMCSimulator", "TestSupport"],
            swiftSettings: testing
        ),
        .testTarget(
            name: "OperatorSessionTests",
            dependencies: ["OperatorSession", "TestSupport"],
            swiftSettings: testing
        ),
        .testTarget(
            name: "TerminalKeysTests",
            dependencies: ["TerminalKeys", "TestSupport"],
            resources: [.copy("Data")],
            swiftSettings: testing
        ),
        .testTarget(
            name: "ControlProtocolTests",
            dependencies: ["ControlProtocol", "HeliographConfig", "TestSupport"],
            swiftSettings: testing
        ),
        .testTarget(
            name: "HeliographConfigTests",
            dependencies: ["HeliographConfig", "TestSupport"],
            swiftSettings: testing
        ),
        .testTarget(
            name: "LogStoreTests",
            dependencies: ["LogStore", "TestSupport", logging],
            swiftSettings: testing
        ),
        .testTarget(
            name: "SSHFrontEndTests",
            dependencies: ["SSHFrontEnd", "OperatorSession", "TestSupport"],
            swiftSettings: testing
        ),
        .testTarget(
            name: "BMCSimulatorTests",
            dependencies: ["BMCSimulator", "IPMI", "TestSupport"],
            swiftSettings: testing
        ),
        .testTarget(
            name: "HeliographServerTests",
            dependencies: ["HeliographServer", "HeliographConfig", "TestSupport", nioCore],
            swiftSettings: testing
        ),
        .testTarget(name: "ArchitectureTests", dependencies: ["TestSupport"], swiftSettings: testing),
        .testTarget(
            name: "PeerTests",
            dependencies: ["TestSupport"],
            swiftSettings: testing
        ),
    ]
)

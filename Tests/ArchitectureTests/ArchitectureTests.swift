// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The package's root, found from this file.
private let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// The modules that a target's sources import.
private func imports(of target: String) throws -> Set<String> {
    let folder = root.appendingPathComponent("Sources/\(target)")
    let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    var found: Set<String> = []
    for case let file as URL in files where file.pathExtension == "swift" {
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            let words = line.split(separator: " ").filter {
                !["package", "public", "internal", "private", "@preconcurrency", "@testable"].contains($0)
            }
            guard words.first == "import", let module = words.last else { continue }
            found.insert(String(module.prefix { $0 != "." }))
        }
    }
    return found
}

/// What each target may import of ours, by the figure in Sources/README.md.
private let allowed: [String: Set<String>] = [
    "IPMI": ["CPacketCrypto"],
    "SerialOverLAN": ["IPMI"],
    "ConsoleHub": ["SerialOverLAN", "IPMI"],
    "OperatorSession": [],
    "TerminalKeys": [],
    "HeliographConfig": [],
    "ControlProtocol": ["OperatorSession"],
    "ConfigurationFiles": ["HeliographConfig"],
    "LogStore": ["CLogStore"],
    "SSHFrontEnd": ["CLibSSH", "CCrypt", "CLinux", "OperatorSession"],
    "BMCSimulator": ["IPMI", "CDatagrams"],
    "HeliographServer": [
        "ConsoleHub", "SerialOverLAN", "IPMI", "OperatorSession", "HeliographConfig", "ControlProtocol",
        "ConfigurationFiles", "LogStore", "SSHFrontEnd",
    ],
    "heliographd": ["HeliographServer", "HeliographConfig"],
    "helio": [
        "ControlProtocol", "OperatorSession", "HeliographConfig", "ConfigurationFiles", "LogStore", "CCrypt",
    ],
    "heliograph-bmcsim": ["BMCSimulator", "IPMI"],
]

private let cores = [
    "IPMI", "SerialOverLAN", "ConsoleHub", "OperatorSession", "TerminalKeys", "HeliographConfig",
    "ControlProtocol",
]

private let ours = Set(allowed.keys).union([
    "CPacketCrypto", "CLibSSH", "CCrypt", "CLinux", "CLogStore", "CDatagrams",
])

@Suite("The house")
struct ArchitectureTests {
    @Test("has arrows that point down only", arguments: allowed.keys.sorted())
    func direction(target: String) throws {
        let upward = try imports(of: target).intersection(ours).subtracting(allowed[target] ?? [])
        #expect(upward.isEmpty, "\(target) imports \(upward.sorted())")
    }

    @Test("keeps its cores free of input and output", arguments: cores)
    func purity(target: String) throws {
        let worldly: Set<String> = [
            "Foundation", "FoundationEssentials", "Glibc", "Dispatch", "Logging", "NIOCore", "NIOPosix",
            "NIO",
        ]
        let found = try imports(of: target).intersection(worldly)
        #expect(found.isEmpty, "\(target) imports \(found.sorted())")
    }

    @Test("lets NIO into the server only, and libssh into the front end only")
    func libraries() throws {
        for target in allowed.keys {
            let found = try imports(of: target)
            if target != "HeliographServer" {
                #expect(!found.contains { $0.hasPrefix("NIO") }, "\(target) imports NIO")
            }
            if target != "SSHFrontEnd" { #expect(!found.contains("CLibSSH"), "\(target) imports CLibSSH") }
        }
    }

    @Test("knows every target that Sources holds")
    func completeness() throws {
        let folders = try FileManager.default.contentsOfDirectory(
            atPath: root.appendingPathComponent("Sources").path
        )
        let known = ours.union(["README.md", "heliograph-bench"])
        #expect(Set(folders).subtracting(known).isEmpty)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import IPMI

/// One recorded dialogue: Vectors/*.json.
struct Vector: Decodable {
    struct Packet: Decodable {
        var dir: String
        var hex: String
        var flow: Int?
        var lost: Bool?
        var tampered: Bool?

        var isToBMC: Bool { self.dir == "c2s" }
        var datagram: [UInt8] { bytes(self.hex) }
    }

    struct Derived: Decodable {
        var sik: String?
        var k1: String?
        var k2: String?
    }

    struct Expectations: Decodable {
        var established: Int?
        var breaks: Int?
        var deactivating: Bool?
        var completions: [[Int]]?
    }

    var username: String?
    var password: String?
    var server_password: String?
    var kg: String?
    var kg_hex: String?
    var server_kg: String?
    var cipher_suite: Int?
    var packets: [Packet]
    var derived: Derived?
    var expect: Expectations?

    /// Names of all dialogues, without `.json`.
    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: Self.directory.path)) ?? []
        return files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }
            .filter { $0 != "known-answers" }.sorted()
    }()

    static func load(_ name: String) throws -> Vector {
        try JSONDecoder().decode(Vector.self, from: Self.data(name))
    }

    static func data(_ name: String) throws -> Data {
        try Data(contentsOf: Self.directory.appendingPathComponent("\(name).json"))
    }

    private static let directory = Bundle.module.bundleURL.appendingPathComponent("Vectors")

    /// The password each side really has.
    func passwords() throws -> (console: BMCPassword, bmc: BMCPassword) {
        let console = try BMCPassword(cutting: self.password ?? "")
        return (console, try self.server_password.map { try BMCPassword(cutting: $0) } ?? console)
    }

    /// The K_g each side really has.
    func keys() throws -> (console: BMCKey?, bmc: BMCKey?) {
        let console =
            try self.kg_hex.map { try BMCKey(hexadecimal: $0) } ?? self.kg.map { try BMCKey(text: $0) }
        return (console, try self.server_kg.map { try BMCKey(text: $0) } ?? console)
    }
}

extension BMCPassword {
    /// One client was given a password that is too long, and cut it.
    fileprivate init(cutting text: String) throws {
        try self.init(Array(Array(text.utf8).prefix(BMCPassword.limit)))
    }
}

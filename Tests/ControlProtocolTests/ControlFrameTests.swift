// SPDX-License-Identifier: Apache-2.0

@testable import ControlProtocol
import OperatorSession
import Testing

@Suite("The control socket's framing")
struct ControlFrameTests {
    static let frames: [ControlFrame] = [
        .hello(protocolVersion: 1, daemonVersion: "0.1.0"),
        .request(
            ControlRequest(
                arguments: ["attach", "web01", "", "grüße"],
                terminal: OperatorTerminal(type: "xterm-256color", columns: 80, rows: 24)
            )
        ),
        .request(ControlRequest(arguments: [], terminal: nil)),
        .stdin([1, 2, 3]), .stdin([]), .stdinEnd, .resize(columns: 65_535, rows: 1), .sendBreak, .resumed,
        .stdout(Array(0...255)), .stderr([0x0A]), .suspend, .exit(69),
    ]

    private func decode(_ pieces: [[UInt8]]) throws -> [ControlFrame] {
        var decoder = ControlFrameDecoder()
        var frames: [ControlFrame] = []
        for piece in pieces {
            decoder.append(piece)
            while let frame = try decoder.next() { frames.append(frame) }
        }
        #expect(decoder.bufferedByteCount == 0)
        return frames
    }

    @Test("brings every frame over, split anywhere", arguments: frames)
    func everySplit(_ frame: ControlFrame) throws {
        let bytes = frame.encoded
        #expect(try self.decode([bytes]) == [frame])
        for cut in 1..<bytes.count {
            #expect(
                try self.decode([Array(bytes[..<cut]), Array(bytes[cut...])]) == [frame],
                "cut at \(cut)"
            )
        }
        #expect(try self.decode(bytes.map { [$0] }) == [frame])
    }

    @Test("has this form on the wire")
    func form() {
        #expect(ControlFrame.exit(69).encoded == [0, 0, 0, 2, 0x78, 69])
        #expect(ControlFrame.resize(columns: 80, rows: 300).encoded == [0, 0, 0, 5, 0x57, 0, 80, 1, 44])
        let request = ControlRequest(
            arguments: ["who"],
            terminal: OperatorTerminal(type: "vt", columns: 1, rows: 2)
        )
        #expect(
            ControlFrame.request(request).encoded == [
                0, 0, 0, 20, 0x52, 1, 1, 0, 1, 0, 2, 0, 2, 0x76, 0x74, 0, 1, 0, 0, 0, 3, 0x77, 0x68, 0x6F,
            ]
        )
    }

    @Test("waits for the rest of a frame that is cut, whatever its length", arguments: frames)
    func truncated(_ frame: ControlFrame) throws {
        let bytes = frame.encoded
        for length in 0..<bytes.count {
            var decoder = ControlFrameDecoder()
            decoder.append(bytes[..<length])
            #expect(try decoder.next() == nil)
            #expect(decoder.bufferedByteCount == length)
        }
    }

    @Test("refuses a frame whose payload is too short or too long for it", arguments: frames)
    func wrongLength(_ frame: ControlFrame) {
        let bytes = frame.encoded
        let payload = bytes.dropFirst(5)
        var takesAnyLength = false
        switch frame {
        case .stdin, .stdout, .stderr, .hello: takesAnyLength = true
        default: break
        }
        for length in 0..<payload.count where !takesAnyLength {
            let short =
                [0, 0, UInt8((length + 1) >> 8), UInt8((length + 1) & 0xFF), bytes[4]]
                + payload.prefix(length)
            var decoder = ControlFrameDecoder()
            decoder.append(short)
            #expect(throws: ControlFrameError.self, "\(length)") { try decoder.next() }
        }
        guard !takesAnyLength else { return }
        var decoder = ControlFrameDecoder()
        let count = payload.count + 2
        decoder.append([0, 0, UInt8(count >> 8), UInt8(count & 0xFF), bytes[4]] + payload + [0])
        #expect(throws: ControlFrameError.self) { try decoder.next() }
    }

    @Test(
        "refuses what is another protocol, at once and for ever",
        arguments: [
            ("SSH-2.0-OpenSSH_9.2\r\n", .badLength(0x5353_482D)),
            ("GET / HTTP/1.1\r\n", .badLength(0x4745_5420)),
            ("\0\0\0\0", .badLength(0)), ("\0\u{4}\0\u{1}", .badLength(0x0004_0001)),
            ("\0\0\0\u{5}Q", .unknownKind(0x51)),
        ] as [(String, ControlFrameError)]
    )
    func garbage(_ text: String, error: ControlFrameError) {
        var decoder = ControlFrameDecoder()
        decoder.append(text.utf8)
        #expect(throws: error) { try decoder.next() }
        decoder.append(ControlFrame.stdinEnd.encoded)
        #expect(throws: error) { try decoder.next() }
        #expect(!"\(error)".isEmpty)
    }

    @Test("survives random bytes", arguments: Array(1...30) as [UInt64])
    func randomBytes(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            var decoder = ControlFrameDecoder()
            // A plausible head, so that the payloads are reached too.
            let kind = ControlFrame.Kind.allCases.randomElement(using: &random)?.rawValue ?? 0
            let length = UInt8.random(in: 1...60, using: &random)
            decoder.append([0, 0, 0, length, kind])
            decoder.append((0..<200).map { _ in UInt8.random(in: 0...255, using: &random) })
            var count = 0
            do throws(ControlFrameError) {
                while try decoder.next() != nil { count += 1 }
            } catch {
                #expect(!error.description.isEmpty)
            }
            #expect(count < 60)
        }
    }

    @Test("cuts long data into frames of bounded length")
    func longData() throws {
        let data = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let frames = try self.decode([ControlFrame.stdout(data).encoded])
        #expect(frames.count == 4)
        let joined = frames.flatMap { frame -> [UInt8] in
            guard case .stdout(let bytes) = frame else { return [] }
            return bytes
        }
        #expect(joined == data)
    }

    @Test("knows a request that no frame can carry")
    func tooLong() {
        let long = String(repeating: "x", count: ControlFrame.maximumLength)
        #expect(!ControlRequest(arguments: [long], terminal: nil).fits)
        #expect(!ControlRequest(arguments: Array(repeating: "", count: 5000), terminal: nil).fits)
        #expect(ControlRequest(arguments: [String(repeating: "x", count: 200_000)], terminal: nil).fits)
    }

    @Test("takes a long argument")
    func longArgument() throws {
        let request = ControlRequest(arguments: [String(repeating: "x", count: 200_000), "y"], terminal: nil)
        #expect(try self.decode([ControlFrame.request(request).encoded]) == [.request(request)])
    }

    @Test("tells another version's request by its version alone")
    func otherVersion() throws {
        let future = ControlRequest(arguments: ["list"], terminal: nil, protocolVersion: 9)
        let frames = try self.decode([ControlFrame.request(future).encoded])
        #expect(frames == [.request(ControlRequest(arguments: [], terminal: nil, protocolVersion: 9))])
    }

    @Test("keeps its buffer bounded over many frames")
    func compaction() throws {
        var decoder = ControlFrameDecoder()
        let frame = ControlFrame.stdout(Array(repeating: 7, count: 30_000)).encoded
        // Never empty between appends: each append ends in the middle of a frame.
        decoder.append(frame.prefix(10))
        for _ in 0..<50 {
            decoder.append(frame.dropFirst(10) + frame.prefix(10))
            #expect(try decoder.next() != nil)
            #expect(decoder.bufferedByteCount == 10)
        }
    }
}

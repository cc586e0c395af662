// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import LogStore

/// Reads a segment the slow way, by the layout in `Frame.swift`, so that the writer is not checked by its own reader.
private struct PlainFrames {
    var types = ""
    var payloads: [(type: Character, console: UInt32, flags: UInt8, bytes: [UInt8])] = []
    var checkpointsHold = true

    init(_ bytes: [UInt8]) {
        var offset = 80
        var checked = 0
        while offset < bytes.count {
            let console = bytes[offset + 4..<offset + 8].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let count = bytes[offset + 8..<offset + 12].reversed().reduce(0) { $0 << 8 | Int($1) }
            let payload = Array(bytes[(offset + 20)..<(offset + 20 + count)])
            let type = Character(Unicode.Scalar(bytes[offset]))
            types.append(type)
            payloads.append((type, console, bytes[offset + 1], payload))
            if type == "C" {
                let expected = payload.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                checkpointsHold = checkpointsHold && slowCRC(bytes[checked..<(offset + 20)]) == expected
                checked = offset + 20 + count
            }
            offset += 20 + count
        }
    }

    private func slowCRC(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
        }
        return ~crc
    }
}

@Suite("Recorder")
struct RecorderTests {
    private let segment = "recorder/segment-0000000001.rec"

    @Test("keeps the exact bytes of every console in order, checksummed at each hand-over")
    func frames() throws {
        let rig = try EngineRig(recorder: true)
        let (web, db) = (rig.register(1, "web01"), rig.register(2, "db01"))
        rig.print(web, "a\0\u{1B}[1mb")
        var batch = LogBatch()
        batch.append(db, .output, at: at(5), [0xFF, 0x0D])
        batch.append(web, .event, at: at(6), EventLine("note", ["text": "x \"y\""]).bytes)
        batch.append(web, .input, at: at(7), [0x0D])
        batch.appendLoss(db, byteCount: 300, reason: "bmc-overrun", at: at(8))
        rig.engine.handle([batch], at: rig.now)
        rig.engine.close(at: rig.now)
        let frames = PlainFrames(rig.scratch.bytes(segment))
        #expect(frames.types == "CNOCNOEIGCSC")
        #expect(frames.checkpointsHold)
        #expect(frames.payloads[1].bytes == Array("web01".utf8))
        #expect(frames.payloads[2].bytes == Array("a\0\u{1B}[1mb".utf8))
        #expect(frames.payloads[5].bytes == [0xFF, 0x0D])
        #expect(frames.payloads[5].console == 2)
        #expect(
            String(decoding: frames.payloads[6].bytes, as: UTF8.self)
                == #"{"kind":"*","text":"note text=\"x \\\"y\\\"\""}"#
        )
        #expect(frames.payloads[8].bytes == [44, 1, 0, 0, 0, 0, 0, 0] + Array("bmc-overrun".utf8))
        #expect(frames.payloads[10].flags == FrameFlags.closing)
    }

    @Test("knows the published CRC-32C check value")
    func checkValue() {
        let bytes = Array("123456789".utf8)
        #expect(bytes.withUnsafeBytes { crc32c($0) } == 0xE306_9283)
        let parts = bytes.withUnsafeBytes { whole in
            crc32c(
                UnsafeRawBufferPointer(rebasing: whole[4...]),
                continuing: crc32c(UnsafeRawBufferPointer(rebasing: whole[..<4]))
            )
        }
        #expect(parts == 0xE306_9283)
    }

    @Test("chains its seals over segments")
    func chain() throws {
        let rig = try EngineRig(recorder: true) { $0.recorder?.segmentByteCount = 2_000 }
        let id = rig.register(1, "web01")
        for minute in 0..<6 {
            rig.print(id, String(repeating: "x", count: 700) + "\n", at: at(Int64(minute) * 61_000))
            rig.advance(.seconds(61))
        }
        rig.engine.close(at: rig.now)
        let names = rig.scratch.names("recorder")
        #expect(names.count >= 3)
        var previous = [UInt8](repeating: 0, count: 32)
        for name in names {
            let bytes = rig.scratch.bytes("recorder/" + name)
            #expect(Array(bytes[48..<80]) == previous)
            var start = 0
            var offset = 80
            while let header = FrameHeader(bytes, at: offset) {
                if header.type == .seal {
                    let hash = try #require(RunningHash())
                    bytes.withUnsafeBytes {
                        hash.update(UnsafeRawBufferPointer(rebasing: $0[start..<offset]))
                    }
                    #expect(Array(bytes[(offset + 28)..<(offset + 60)]) == previous)
                    previous = hash.finish()
                    #expect(Array(bytes[(offset + 60)..<(offset + 92)]) == previous)
                    start = offset
                }
                offset += FrameHeader.byteCount + header.count
            }
            #expect(SegmentScan(bytes)?.isClosed == true)
        }
        #expect(rig.engine.status.recorder?.chainHead.count == 64)
    }

    @Test("syncs once a second when there is something new, and at once when a batch is urgent")
    func syncs() throws {
        let rig = try EngineRig(recorder: true)
        let id = rig.register(1, "web01")
        rig.advance(.seconds(1))
        let before = rig.files.syncs
        rig.advance(.seconds(10))
        #expect(rig.files.syncs == before)
        rig.print(id, "a\n")
        rig.advance(.milliseconds(500))
        #expect(rig.files.syncs == before + 1)
        rig.print(id, "b\n")
        rig.advance(.milliseconds(500))
        #expect(rig.files.syncs == before + 1)
        var batch = LogBatch()
        batch.append(id, .output, at: at(1), Array("panic\n".utf8))
        batch.urgent = true
        rig.engine.handle([batch], at: rig.now)
        rig.advance(.milliseconds(1))
        #expect(rig.files.syncs == before + 2)
    }

    @Test("writes what a failed sync may have lost to a new segment")
    func failedSync() throws {
        let rig = try EngineRig(recorder: true)
        let id = rig.register(1, "web01")
        rig.print(id, "safe\n")
        rig.advance(.seconds(1))
        rig.advance(.seconds(1))
        rig.print(id, "doubtful\n", at: at(2))
        rig.files.set { $0.syncError = EIO }
        rig.advance(.seconds(1))
        rig.files.set { $0.syncError = nil }
        rig.advance(.seconds(1))
        rig.engine.close(at: rig.now)
        let frames = PlainFrames(rig.scratch.bytes("recorder/segment-0000000002.rec"))
        #expect(frames.checkpointsHold)
        let output = try #require(frames.payloads.first { $0.type == "O" })
        #expect(output.bytes == Array("doubtful\n".utf8))
        #expect(output.flags == FrameFlags.repeated)
        #expect(frames.payloads.contains { $0.type == "N" })
        #expect(rig.engine.status.errors["EIO"] == 1)
    }

    @Test("waits for space and accounts per console for what did not fit", arguments: [0, 1, 15, 30, 200])
    func fullDisk(_ writable: Int) throws {
        let rig = try EngineRig(recorder: true) { $0.memoryInTotal = 4 << 20 }
        let (web, db) = (rig.register(1, "web01"), rig.register(2, "db01"))
        rig.files.set {
            $0.writable = writable
            $0.pathPart = "/recorder/"
        }
        let piece = String(repeating: "x", count: 99_999) + "\n"
        for number in 0..<30 { rig.print(number % 3 == 0 ? db : web, piece) }
        rig.files.set { $0.writable = nil }
        rig.advance(.seconds(1))
        rig.print(web, "after\n")
        rig.engine.close(at: rig.now)
        let bytes = rig.scratch.bytes(segment)
        let frames = PlainFrames(bytes)
        #expect(frames.checkpointsHold)
        #expect(SegmentScan(bytes)?.isClosed == true)
        for (console, total) in [(web, 20), (db, 10)] {
            let kept = frames.payloads.filter {
                $0.type == "O" && $0.console == console.rawValue && $0.bytes.count > 9
            }
            let lost = frames.payloads.filter { $0.type == "G" && $0.console == console.rawValue }
                .reduce(0) { $0 + Int(LossRecord(decoding: $1.bytes[...]).byteCount) }
            #expect(kept.count * 100_000 + lost == total * 100_000)
            #expect(lost > 0)
        }
        #expect(frames.payloads.contains { $0.bytes == Array("after\n".utf8) })
    }

    @Test("has everything at once; the text may follow a little later, but not that of a crash")
    func textDelay() throws {
        let rig = try EngineRig(recorder: true) { $0.textDelay = .milliseconds(50) }
        let id = rig.register(1, "web01")
        rig.print(id, "one\n")
        #expect(PlainFrames(rig.scratch.bytes(segment)).types.hasSuffix("OC"))
        #expect(rig.texts("web01") == [])
        #expect(rig.engine.restingTime(at: rig.now.steady) == .milliseconds(50))
        rig.advance(.milliseconds(50))
        #expect(rig.texts("web01") == ["| one"])
        rig.print(id, "two\n")
        var batch = LogBatch()
        batch.append(id, .output, at: at(60), Array("panic\n".utf8))
        batch.urgent = true
        rig.engine.handle([batch], at: rig.now)
        #expect(rig.texts("web01") == ["| one", "| two", "| panic"])
    }

    @Test("notes the text logs' sizes every half minute")
    func positions() throws {
        let rig = try EngineRig(recorder: true)
        let id = rig.register(1, "web01")
        rig.print(id, "a\n")
        rig.advance(.seconds(31))
        rig.advance(.seconds(1))
        let frames = PlainFrames(rig.scratch.bytes(segment))
        let positions = try #require(frames.payloads.last { $0.type == "P" }).bytes
        let status = try SystemFiles().status(at: rig.scratch.path + "/console/web01.log")
        #expect(positions.littleEndian(at: 0) == UInt32(1))
        #expect(positions.littleEndian(at: 12) == status.inode)
        #expect(positions.littleEndian(at: 20) == UInt64(status.size))
    }
}

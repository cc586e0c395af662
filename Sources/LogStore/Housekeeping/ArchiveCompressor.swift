// SPDX-License-Identifier: Apache-2.0

import CLogStore

/// Compresses a closed log in bounded steps. The original stays until its replacement is on disk.
struct ArchiveCompressor {
    private static let stepByteCount = 256 << 10
    /// zstd frames are independent of each other, so that a reader need not begin at the first.
    private static let frameByteCount = 4 << 20

    let files: any FileLayer
    let fileMode: UInt32
    let compression: LogStoreConfiguration.Compression

    /// Returns false when it was told to stop.
    func compress(_ path: String, shouldStop: () -> Bool) throws(FileError) -> Bool {
        guard let (ending, format) = self.target else { return true }
        let temporary = path + ending + ".tmp"
        try? self.files.remove(temporary)
        let source = try self.files.open(path, .read)
        defer { self.files.close(source) }
        let target = try self.files.open(temporary, .create(mode: self.fileMode))
        do throws(FileError) {
            defer { self.files.close(target) }
            guard try self.copy(source, target, format, shouldStop) else {
                try self.files.remove(temporary)
                return false
            }
            try self.files.synchronize(target)
            try self.files.rename(temporary, to: path + ending)
        } catch {
            try? self.files.remove(temporary)
            throw error
        }
        try self.files.remove(path)
        return true
    }

    private var target: (ending: String, format: Int32)? {
        switch self.compression {
        case .none: nil
        case .gzip: (".gz", Int32(HLG_GZIP))
        case .zstd: (".zst", Int32(HLG_ZSTD))
        }
    }

    private func copy(
        _ source: Int32,
        _ target: Int32,
        _ format: Int32,
        _ shouldStop: () -> Bool
    ) throws(FileError) -> Bool {
        guard let stream = CompressionStream(format: format) else {
            throw FileError(operation: "compress", number: ErrorNumber.noMemory)
        }
        var offset: Int64 = 0
        var inFrame = 0
        while true {
            if shouldStop() { return false }
            let input = try self.files.read(source, at: offset, count: ArchiveCompressor.stepByteCount)
            offset += Int64(input.count)
            inFrame += input.count
            let isLast = input.count < ArchiveCompressor.stepByteCount
            let endsFrame =
                isLast || (format == Int32(HLG_ZSTD) && inFrame >= ArchiveCompressor.frameByteCount)
            guard let output = stream.compress(input, finish: endsFrame) else {
                throw FileError(operation: "compress", number: ErrorNumber.inputOutput)
            }
            if endsFrame { inFrame = 0 }
            try self.files.writeAll(target, output)
            if isLast { return true }
        }
    }
}

/// A compressing stream of the C library.
///
/// Safe, because the handle is made once and freed once.
@safe final class CompressionStream {
    private let handle: OpaquePointer

    init?(format: Int32) {
        guard let handle = unsafe hlg_compressor_new(format) else { return nil }
        unsafe self.handle = handle
    }

    deinit {
        unsafe hlg_compressor_free(self.handle)
    }

    /// Takes all of the input and returns what came out; with `finish` all that belongs to the frame. Nil on failure.
    func compress(_ input: [UInt8], finish: Bool) -> [UInt8]? {
        var output: [UInt8] = []
        var offset = 0
        while true {
            var consumed = 0
            var result: Int32 = 0
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: 128 << 10) { buffer, produced in
                result = unsafe input.withUnsafeBytes { bytes in
                    let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset...])
                    return unsafe hlg_compress(
                        self.handle,
                        rest.baseAddress,
                        rest.count,
                        &consumed,
                        buffer.baseAddress,
                        buffer.count,
                        &produced,
                        finish ? 1 : 0
                    )
                }
            }
            guard result >= 0 else { return nil }
            offset += consumed
            output += piece
            if finish ? result == 1 : offset == input.count && piece.count < 128 << 10 { return output }
        }
    }
}

/// A decompressing stream of the C library; frames and members that follow each other are one stream.
///
/// Safe, because the handle is made once and freed once.
@safe final class DecompressionStream {
    private let handle: OpaquePointer

    init?(_ compression: LogStoreConfiguration.Compression) {
        let format = compression == .gzip ? Int32(HLG_GZIP) : Int32(HLG_ZSTD)
        guard let handle = unsafe hlg_decompressor_new(format) else { return nil }
        unsafe self.handle = handle
    }

    deinit {
        unsafe hlg_decompressor_free(self.handle)
    }

    /// Returns what came out of the input, nil when it is damaged.
    func decompress(_ input: [UInt8]) -> [UInt8]? {
        var output: [UInt8] = []
        var offset = 0
        while true {
            var consumed = 0
            var result: Int32 = 0
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: 256 << 10) { buffer, produced in
                result = unsafe input.withUnsafeBytes { bytes in
                    let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset...])
                    return unsafe hlg_decompress(
                        self.handle,
                        rest.baseAddress,
                        rest.count,
                        &consumed,
                        buffer.baseAddress,
                        buffer.count,
                        &produced
                    )
                }
            }
            guard result >= 0 else { return nil }
            offset += consumed
            output += piece
            if offset == input.count, piece.count < 256 << 10 { return output }
            if consumed == 0, piece.isEmpty { return nil }
        }
    }
}

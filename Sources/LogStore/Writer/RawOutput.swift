// SPDX-License-Identifier: Apache-2.0

/// A growing byte buffer that is filled piece by piece, written, and filled again without giving its memory back.
///
/// Safe, because every access stays within what `reserve` made room for.
@safe final class RawOutput {
    private var storage: UnsafeMutableRawBufferPointer
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int = 64 << 10) {
        self.capacity = max(64, capacity)
        unsafe self.storage = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit {
        unsafe self.storage.deallocate()
    }

    var isEmpty: Bool { self.count == 0 }

    func removeAll() {
        self.count = 0
    }

    /// Makes room for so many more bytes; the `put` functions count on it.
    func reserve(_ extra: Int) {
        guard self.count + extra > self.capacity else { return }
        self.capacity = max(self.capacity * 2, self.count + extra)
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: self.capacity, alignment: 16)
        unsafe larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: self.storage[..<self.count]))
        unsafe self.storage.deallocate()
        unsafe self.storage = larger
    }

    func put(_ byte: UInt8) {
        precondition(self.count < self.capacity)
        unsafe self.storage[self.count] = byte
        self.count += 1
    }

    func put<Number: FixedWidthInteger & BitwiseCopyable>(littleEndian number: Number) {
        let end = self.count + MemoryLayout<Number>.size
        precondition(end <= self.capacity)
        unsafe self.storage.storeBytes(of: number.littleEndian, toByteOffset: self.count, as: Number.self)
        self.count = end
    }

    func put(_ bytes: Span<UInt8>) {
        let end = self.count + bytes.count
        precondition(end <= self.capacity)
        guard bytes.count > 0, let base = unsafe self.storage.baseAddress else { return }
        let target = unsafe base + self.count
        unsafe bytes.withUnsafeBytes { source in
            guard let start = source.baseAddress else { return }
            unsafe target.copyMemory(from: start, byteCount: source.count)
        }
        self.count = end
    }

    /// Lends what is there.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe body(UnsafeRawBufferPointer(rebasing: self.storage[..<self.count]))
    }

    /// A copy, for places that are not busy.
    var bytes: [UInt8] {
        unsafe self.withBytes { unsafe Array($0) }
    }
}

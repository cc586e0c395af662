// SPDX-License-Identifier: Apache-2.0

/// Watches a host's output for who speaks, for translation that switches itself (`when: auto`). Matches what is printed, in
/// whatever pieces it comes: cursor movement and colours do not separate letters, as firmware draws its screen with them;
/// a line's end does.
///
/// What it says is a good guess, no more: `cat` of an old log looks like a boot.
package struct FirmwareWatch: Sendable {
    /// The output showed that another stage speaks.
    package struct Change: Equatable, Sendable {
        package let from: HostStage
        package let stage: HostStage
        /// The words that showed it.
        package let marker: String
    }

    /// Where escape sequences are skipped.
    private enum Place: Equatable, Sendable {
        case text
        case escape
        /// Inside `ESC [`; how much of edk2's mode setting it is, nil if it is not.
        case control(mode: Int?)
        /// Inside a string that ends with BEL or ESC \.
        case string
        /// After `ESC (` and its like: one byte follows.
        case designation
    }

    /// Who spoke last.
    package private(set) var stage: HostStage = .unknown
    private var place: Place = .text
    private var state = MarkerMatcher.start

    private static let markers = FirmwareMarker.all.filter { $0 != .modeSetting }
    private static let matcher = MarkerMatcher(Self.markers.map { Array($0.text.utf8) })
    /// edk2's mode setting behind `ESC [`.
    private static let mode = Array("=3h".utf8)

    package init() {}

    /// Takes output; changes are added to `changes`. Allocates nothing where there is none.
    package mutating func receive(_ bytes: ArraySlice<UInt8>, into changes: inout [Change]) {
        var rest = bytes
        while let byte = rest.first {
            if self.place == .text, byte >= 0x20 {
                self.text(&rest, &changes)
            } else {
                rest.removeFirst()
                self.control(byte, &changes)
            }
        }
    }

    /// Takes output.
    package mutating func receive(_ bytes: ArraySlice<UInt8>) -> [Change] {
        var changes: [Change] = []
        self.receive(bytes, into: &changes)
        return changes
    }

    /// Takes output.
    package mutating func receive(_ bytes: [UInt8]) -> [Change] { self.receive(bytes[...]) }

    /// Takes characters up to the next control character.
    private mutating func text(_ rest: inout ArraySlice<UInt8>, _ changes: inout [Change]) {
        let matcher = Self.matcher
        var state = self.state
        var index = rest.startIndex
        while index < rest.endIndex {
            let byte = rest[index]
            guard byte >= 0x20 else { break }
            index += 1
            state = matcher.next(state, byte)
            // At the start, where most bytes leave it, nothing ends.
            guard state != MarkerMatcher.start, let place = matcher.found(at: state) else { continue }
            self.found(Self.markers[place], &changes)
        }
        self.state = state
        rest = rest[index...]
    }

    private mutating func control(_ byte: UInt8, _ changes: inout [Change]) {
        switch (self.place, byte) {
        case (.string, 0x07): self.place = .text
        case (_, 0x1B): self.place = .escape
        case (_, 0x0A) where self.place != .string: self.lineEnd()
        case (.text, _), (.string, _): break
        case (.escape, UInt8(ascii: "[")): self.place = .control(mode: 0)
        case (.escape, UInt8(ascii: "]")), (.escape, UInt8(ascii: "P")), (.escape, UInt8(ascii: "_")),
            (.escape, UInt8(ascii: "^")):
            self.place = .string
        case (.escape, 0x20...0x2F): self.place = .designation
        case (.escape, _), (.designation, _): self.place = .text
        case (.control(let mode), _): self.sequence(byte, mode, &changes)
        }
    }

    private mutating func lineEnd() {
        self.place = .text
        self.state = MarkerMatcher.start
    }

    private mutating func sequence(_ byte: UInt8, _ mode: Int?, _ changes: inout [Change]) {
        let matched = mode.flatMap { $0 < Self.mode.count && byte == Self.mode[$0] ? $0 + 1 : nil }
        if matched == Self.mode.count { self.found(.modeSetting, &changes) }
        switch byte {
        case 0x40...0x7E: self.place = .text
        case 0x20...0x3F: self.place = .control(mode: matched)
        default: break  // A control character inside a sequence acts by itself.
        }
    }

    private mutating func found(_ marker: FirmwareMarker, _ changes: inout [Change]) {
        guard marker.stage != self.stage, marker.isCertain || self.stage != .loader else { return }
        changes.append(Change(from: self.stage, stage: marker.stage, marker: marker.visibleText))
        self.stage = marker.stage
    }
}

extension FirmwareMarker {
    /// The words as an operator reads them.
    var visibleText: String {
        self == .modeSetting ? "UEFI terminal mode" : String(self.text.drop { $0 == " " })
    }
}

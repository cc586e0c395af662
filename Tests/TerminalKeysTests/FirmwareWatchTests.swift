// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TerminalKeys

/// Real output, and the stages it shows.
private let captures: [(file: String, stages: [HostStage])] = [
    ("bios-no-disk.raw", [.firmware]), ("grub-rescue.raw", [.firmware, .loader]),
    ("uboot-abort.raw", [.loader]),
    ("uefi-exception.raw", [.firmware]),
]

@Suite("The firmware watch")
struct FirmwareWatchTests {
    @Test("follows real output, in whatever pieces it comes", arguments: captures.map(\.file))
    func realOutput(file: String) throws {
        let expected = captures.first { $0.file == file }?.stages
        let bytes = try KeyData.bytes(ofFile: file)
        for size in [bytes.count, 1, 2, 7, 64, 255] {
            var watch = FirmwareWatch()
            var stages: [HostStage] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                stages += watch.receive(rest.prefix(size)).map(\.stage)
                rest = rest.dropFirst(size)
            }
            #expect(stages == expected, "in pieces of \(size)")
        }
    }

    @Test(
        "knows who speaks",
        arguments: [
            ("^[[2J^[[01;01H^[[=3h^[[2J^[[01;01H", [.firmware]),
            (
                "SeaBIOS (version 1.16.2)\r\nBooting from Hard Disk...\r\nGRUB loading.\r\nWelcome to GRUB!\r\n",
                [.firmware, .loader]
            ),
            ("Press <F2> or <DEL> to enter setup, <F11> boot menu", [.firmware]),
            ("^[[37;44m  Aptio ^[[37;44mSetup Utility", [.firmware]),
            ("F2   = System Setup^M\nF10  = Lifecycle Controller", [.firmware]),
            ("                 GNU GRUB  version 2.06", [.loader]),
            ("Welcome to GRUB!^[[=3h", [.loader]),
            ("[    0.000000] Linux version 6.1.0", [.system]),
            ("Welcome to GRUB!\n[    0.0] Linux version 6.1^M\n", [.loader, .system]),
            ("web01 login: ", [.system]),
            ("[    0.0] Linux version 6.1^M\n^[[=3h^[[2J", [.system, .firmware]),
            ("(XEN) Xen version 4.17", [.system]),
            // A capture of GRUB on BIOS redirection had the prompt drawn like this.
            ("g^M^[[08;02Hrub rescue> ", [.loader]),
            // Ends of lines separate, titles of windows are not on the screen, sequences may be cut.
            ("Sea\nBIOS (version ", []), ("^[]0;Welcome to GRUB!^Gx", []),
            ("Welcome ^[(Bto ^[7GRUB!", [.loader]),
            ("Hello, world", []), ("^[[=3l^[[=13h^[[3h", []),
        ] as [(String, [HostStage])]
    )
    func stages(_ notation: String, expected: [HostStage]) {
        let bytes = keys(notation.replacing("\r\n", with: "^M^J").replacing("\n", with: "^J"))
        for cut in 0...bytes.count {
            var watch = FirmwareWatch()
            let changes = watch.receive(bytes[..<cut]) + watch.receive(bytes[cut...])
            #expect(changes.map(\.stage) == expected, "cut at \(cut)")
        }
    }

    @Test("finds each of its words by themselves", arguments: FirmwareMarker.all.map(\.text))
    func words(_ text: String) throws {
        let marker = try #require(FirmwareMarker.all.first { $0.text == text })
        var watch = FirmwareWatch()
        let changes = watch.receive(Array("xx \(text)xx".utf8))
        #expect(changes.map(\.stage) == [marker.stage])
        #expect(watch.receive(Array(text.utf8)).isEmpty)
    }

    @Test("says nothing about random bytes", arguments: [1, 2, 3] as [UInt64])
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var watch = FirmwareWatch()
        let bytes = (0..<100_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        #expect(watch.receive(bytes).isEmpty)
    }
}

@Suite("The switch for translation")
struct KeySwitchTests {
    private func change(_ from: HostStage, _ stage: HostStage) -> FirmwareWatch.Change {
        FirmwareWatch.Change(from: from, stage: stage, marker: "words")
    }

    @Test("stays as it was set where it is not automatic", arguments: [KeyTranslationMode.manual, .always])
    func fixed(mode: KeyTranslationMode) {
        var keySwitch = KeySwitch(mode: mode)
        #expect(keySwitch.isOn == (mode == .always))
        let before = keySwitch.isOn
        #expect(keySwitch.observe(self.change(.system, .firmware)) == false)
        #expect(keySwitch.observe(self.change(.firmware, .loader)) == false)
        #expect(keySwitch.isOn == before)
        keySwitch.choose(on: !before)
        #expect(keySwitch.isOn != before)
    }

    @Test("follows the host")
    func automatic() {
        var keySwitch = KeySwitch(mode: .auto)
        #expect(!keySwitch.isOn)
        #expect(keySwitch.observe(self.change(.unknown, .firmware)) == true)
        #expect(keySwitch.isOn)
        #expect(keySwitch.reason == .output("words"))
        #expect(keySwitch.observe(self.change(.firmware, .loader)) == true)
        #expect(keySwitch.observe(self.change(.loader, .system)) == false)
        #expect(!keySwitch.isOn)
        #expect(KeySwitch(mode: .auto, stage: .firmware).isOn)
    }

    @Test("lets the operator's choice win until the next reboot")
    func chosen() {
        var keySwitch = KeySwitch(mode: .auto)
        #expect(keySwitch.observe(self.change(.unknown, .firmware)) == true)
        keySwitch.choose(on: false)
        keySwitch.choose(on: true)
        #expect(keySwitch.observe(self.change(.firmware, .loader)) == false)
        #expect(keySwitch.observe(self.change(.loader, .system)) == false)
        #expect(keySwitch.isOn)
        #expect(keySwitch.reason == .chosen)
        keySwitch.choose(on: false)
        #expect(keySwitch.observe(self.change(.system, .firmware)) == true)
        #expect(keySwitch.observe(self.change(.firmware, .loader)) == true)
        #expect(!keySwitch.isOn)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Who speaks on a host's console.
package enum HostStage: String, Equatable, Sendable {
    /// Nothing said so far tells.
    case unknown
    /// BIOS or UEFI: self-test, set-up, boot menu, UEFI shell.
    case firmware
    /// A boot loader.
    case loader
    /// A kernel, or a system that runs.
    case system
}

/// Words by which a host's output shows who speaks. Short enough for screens that are drawn piece by piece, long enough not
/// to turn up in a system's own messages.
package struct FirmwareMarker: Equatable, Sendable {
    package let text: String
    package let stage: HostStage
    /// False if a boot loader on UEFI causes it too: then it shows firmware only where a system ran, or nothing is known.
    let isCertain: Bool

    private init(_ text: String, _ stage: HostStage, isCertain: Bool = true) {
        self.text = text
        self.stage = stage
        self.isCertain = isCertain
    }

    /// What edk2's terminal driver sends when it sets its mode: firmware that prints nothing else until set-up is drawn
    /// still prints this.
    static let modeSetting = FirmwareMarker("\u{1B}[=3h", .firmware, isCertain: false)

    package static let all: [FirmwareMarker] = Self.firmware + Self.loaders + Self.systems

    // Seen in captures: SeaBIOS, edk2, GRUB, U-Boot, Linux, Xen, systemd. The others are what such machines are known to
    // print; no capture of them was at hand. Names of boot entries, such as Windows Boot Manager, tell nothing: set-up
    // lists them too.
    private static let firmware: [FirmwareMarker] =
        [Self.modeSetting]
        + [
            "SeaBIOS (version ", "BdsDxe: ", "UEFI Interactive Shell v", "Boot Maintenance Manager",
            // AMI, and the set-up of many server boards.
            "Aptio Setup", "American Megatrends, Inc", "American Megatrends International",
            "to enter setup", "to enter Setup", "to enter SETUP", "to run Setup", "to run SETUP",
            "to Enter Setup", "Entering Setup", "Entering SETUP",
            // Dell.
            "Entering System Setup", "= System Setup", "= Lifecycle Controller", "= Boot Manager",
            "Initializing Firmware Interfaces",
            // HPE, Lenovo, Phoenix, Award, Insyde, Supermicro.
            "ProLiant System BIOS", "F9 System Utilities", "F11 Boot Menu", "<F1> System Setup",
            "PhoenixBIOS", "Phoenix SecureCore", "Award Modular BIOS", "InsydeH2O", "to invoke Boot Menu",
        ].map { FirmwareMarker($0, .firmware) }

    private static let loaders: [FirmwareMarker] = [
        "Welcome to GRUB!", "GNU GRUB  version", "GRUB loading", "grub rescue> ", "grub> ",
        "iPXE initialising devices", "SYSLINUX ", "ISOLINUX ", "PXELINUX ", "EXTLINUX ",
        "U-Boot 20", "Hit any key to stop autoboot", "Loading initial ramdisk",
        "FreeBSD/x86 bootstrap loader", ">> OpenBSD/",
    ].map { FirmwareMarker($0, .loader) }

    private static let systems: [FirmwareMarker] = [
        "Linux version ", "EFI stub: ", "Booting Linux on physical CPU", "Decompressing Linux",
        "Starting kernel ...",
        "] Command line: ", "(XEN) ", "systemd[1]: ", "Run /init as init process", " login: ",
        "Loading VMware ESXi",
        "Copyright (c) 1992-20",
    ].map { FirmwareMarker($0, .system) }
}

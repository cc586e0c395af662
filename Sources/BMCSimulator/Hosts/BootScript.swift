// SPDX-License-Identifier: Apache-2.0

/// What the scripted host prints by itself, as pieces with the pause before each.
package enum BootScript {
    package struct Step: Equatable, Sendable {
        package var pause: Duration
        package var text: String
    }

    private static func step(_ milliseconds: Int, _ text: String) -> Step {
        Step(pause: .milliseconds(milliseconds), text: text)
    }

    /// Firmware from power-on to the boot loader. F2 or Del at any time in it opens the set-up menu.
    package static func post(name: String) -> [Step] {
        [
            Self.step(300, "\u{1B}[2J\u{1B}[H\u{1B}[0m"),
            Self.step(
                200,
                "Simulated UEFI Firmware 2.20 for \(name)\r\nCopyright (C) Simulated Firmware, Inc.\r\n\r\nBMC Firmware Revision : 1.00\r\n"
            ),
            Self.step(
                400,
                "CPU0: Simulated(R) CPU @ 2.40GHz   Cores: 16\r\nCPU1: Simulated(R) CPU @ 2.40GHz   Cores: 16\r\n"
            ),
            Self.step(600, "Initializing memory ... "),
            Self.step(900, "262144 MB OK\r\n"),
            Self.step(300, "PCIe enumeration ..... "),
            Self.step(500, "42 devices\r\n"),
            Self.step(300, "USB Devices total: 1 KBD, 1 MOUSE, 2 Mass, 3 Hubs\r\n"),
            Self.step(200, "Press <F2> or <DEL> to enter setup, <F11> boot menu, <F12> network boot\r\n"),
            Self.step(2500, "\r\nBooting from debian (SATA, Port: 0) ...\r\n"),
            Self.step(500, ""),
        ]
    }

    package static let bootMenu =
        "\u{1B}[2J\u{1B}[H\r\n                             GNU GRUB  version 2.06\r\n\r\n"
        + " +----------------------------------------------------------------------------+\r\n"
        + " |\u{1B}[7m*Debian GNU/Linux                                                           \u{1B}[0m|\r\n"
        + " | Advanced options for Debian GNU/Linux                                      |\r\n"
        + " | UEFI Firmware Settings                                                     |\r\n"
        + " +----------------------------------------------------------------------------+\r\n\r\n"
        + "      Use the ^ and v keys to select which entry is highlighted.\r\n"
        + "      Press enter to boot the selected OS, `e' to edit the commands\r\n"
        + "      before booting or `c' for a command-line.\r\n"

    package static func countdown(_ seconds: Int) -> String {
        "\r   The highlighted entry will be executed automatically in \(seconds)s.    "
    }

    package static let kernelVersion = "6.1.0-28-amd64"
    package static let kernelBuild = "#1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 (2024-11-22)"

    /// The kernel's log up to the login prompt: seconds since its start, and the text.
    package static func kernelLog(name: String) -> [(time: Double, text: String)] {
        [
            (
                0.000000,
                "Linux version \(Self.kernelVersion) (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) \(Self.kernelBuild)"
            ),
            (
                0.000000,
                "Command line: BOOT_IMAGE=/boot/vmlinuz-\(Self.kernelVersion) root=/dev/sda2 ro console=tty0 console=ttyS1,115200n8"
            ),
            (0.000000, "BIOS-provided physical RAM map:"),
            (0.000000, "BIOS-e820: [mem 0x0000000000000000-0x000000000009ffff] usable"),
            (0.000000, "BIOS-e820: [mem 0x0000000000100000-0x000000006fffffff] usable"),
            (0.000000, "NX (Execute Disable) protection: active"),
            (0.000000, "DMI: Simulated Systems SimServer/SimBoard, BIOS 2.20 04/01/2024"),
            (0.000004, "tsc: Detected 2400.000 MHz processor"),
            (0.021384, "ACPI: Early table checksum verification disabled"),
            (0.044127, "smpboot: Allowing 64 CPUs, 0 hotplug CPUs"),
            (
                0.187550,
                "Memory: 263842336K/268379136K available (14342K kernel code, 2331K rwdata, 9056K rodata, 2796K init, 17404K bss, 4536544K reserved, 0K cma-reserved)"
            ),
            (0.402211, "smpboot: CPU0: Simulated(R) CPU @ 2.40GHz (family: 0x6, model: 0x6a, stepping: 0x6)"),
            (0.611902, "smp: Bringing up secondary CPUs ..."),
            (0.902381, "smp: Brought up 2 nodes, 64 CPUs"),
            (1.120443, "PCI: Using configuration type 1 for base access"),
            (1.304417, "Serial: 8250/16550 driver, 4 ports, IRQ sharing enabled"),
            (1.325018, "00:04: ttyS1 at I/O 0x2f8 (irq = 3, base_baud = 115200) is a 16550A"),
            (1.551126, "ahci 0000:00:11.5: AHCI 0001.0301 32 slots 6 ports 6 Gbps 0x3f impl SATA mode"),
            (1.702349, "scsi host0: ahci"),
            (2.012760, "ata1: SATA link up 6.0 Gbps (SStatus 133 SControl 300)"),
            (2.044115, "sd 0:0:0:0: [sda] 937703088 512-byte logical blocks: (480 GB/447 GiB)"),
            (2.061872, " sda: sda1 sda2 sda3"),
            (2.398120, "EXT4-fs (sda2): mounted filesystem with ordered data mode. Quota mode: none."),
            (2.655201, "systemd[1]: Detected architecture x86-64."),
            (2.701833, "systemd[1]: Hostname set to <\(name)>."),
            (
                3.110028,
                "igb 0000:03:00.0 eno1: igb: eno1 NIC Link is Up 1000 Mbps Full Duplex, Flow Control: RX"
            ),
            (3.420911, "IPMI message handler: version 39.2"),
            (
                3.433807,
                "ipmi_si IPI0001:00: IPMI message handler: Found new BMC (man_id: 0x002a7c, prod_id: 0x1d0c, dev_id: 0x20)"
            ),
        ]
    }

    /// Units as systemd reports them after the kernel's log.
    package static let services = [
        "Journal Service", "Remount Root and Kernel File Systems", "Load Kernel Modules",
        "Network Configuration",
        "D-Bus System Message Bus", "OpenSSH Secure Shell server", "Serial Getty on ttyS1",
    ]

    package static func issue(name: String) -> String { "\r\nDebian GNU/Linux 12 \(name) ttyS1\r\n\r\n" }

    /// What a kernel prints when it dies of sysrq `c` (or of `panic`), stamped by the caller.
    package static func panic(reason: String, command: String) -> [String] {
        [
            "Kernel panic - not syncing: \(reason)",
            "CPU: 7 PID: 1432 Comm: \(command) Kdump: loaded Not tainted \(Self.kernelVersion) #1  Debian 6.1.119-1",
            "Hardware name: Simulated Systems SimServer/SimBoard, BIOS 2.20 04/01/2024",
            "Call Trace:",
            " <TASK>",
            " dump_stack_lvl+0x44/0x5c",
            " panic+0x118/0x2ed",
            " sysrq_handle_crash+0x16/0x20",
            " __handle_sysrq.cold+0xb2/0x131",
            " write_sysrq_trigger+0x24/0x40",
            " proc_reg_write+0x56/0xa0",
            " vfs_write+0xbd/0x400",
            " ksys_write+0x6b/0xf0",
            " do_syscall_64+0x58/0xc0",
            " entry_SYSCALL_64_after_hwframe+0x64/0xce",
            "RIP: 0033:0x7f3b5a2f1190",
            "RSP: 002b:00007ffd0a9c4d08 EFLAGS: 00000202 ORIG_RAX: 0000000000000001",
            "RAX: ffffffffffffffda RBX: 0000000000000002 RCX: 00007f3b5a2f1190",
            "RDX: 0000000000000002 RSI: 0000557f5a1c2a60 RDI: 0000000000000001",
            " </TASK>",
            "Kernel Offset: 0x2e600000 from 0xffffffff81000000 (relocation range: 0xffffffff80000000-0xffffffffbfffffff)",
        ]
    }

    package static let sysrqHelp =
        "sysrq: HELP : loglevel(0-9) reboot(b) crash(c) terminate-all-tasks(e) memory-full-oom-kill(f) kill-all-tasks(i) "
        + "thaw-filesystems(j) sak(k) show-backtrace-all-active-cpus(l) show-memory-usage(m) nice-all-RT-tasks(n) poweroff(o) "
        + "show-registers(p) show-all-timers(q) unraw(r) sync(s) show-task-states(t) unmount(u) show-blocked-tasks(w) "
        + "dump-ftrace-buffer(z)"
}

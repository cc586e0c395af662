// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a process has used so far.
struct ProcessUsage {
    /// User and system time of all threads, those that ended included, to the nanosecond.
    var cpu: Duration = .zero
    /// The share of system time is told in ticks of 10 ms only.
    var userTicks = 0
    var systemTicks = 0
    var residentByteCount = 0
    var threadCount = 0
    var descriptorCount = 0

    init(of process: Int32) {
        self.cpu = Self.cpu(of: process)
        let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        self.residentByteCount = Self.number("VmRSS:", in: status) * 1024
        self.threadCount = Self.number("Threads:", in: status)
        let stat = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        // The fields after the program's name in parentheses, from the third of proc(5).
        let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
        if fields.count > 12 {
            self.userTicks = Int(fields[11]) ?? 0
            self.systemTicks = Int(fields[12]) ?? 0
        }
        let descriptors = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd")
        self.descriptorCount = descriptors?.count ?? 0
    }

    private static func cpu(of process: Int32) -> Duration {
        var clock = clockid_t()
        var time = timespec()
        // Unsafe: the library fills two plain structures.
        guard unsafe clock_getcpuclockid(process, &clock) == 0, unsafe clock_gettime(clock, &time) == 0 else {
            return .zero
        }
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    private static func number(_ key: String, in text: String) -> Int {
        let line = text.split(separator: "\n").first { $0.hasPrefix(key) }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }

    /// How much of the CPU time since `earlier` the kernel had, 0 to 1.
    func systemShare(since earlier: ProcessUsage) -> Double {
        let system = self.systemTicks - earlier.systemTicks
        let all = system + self.userTicks - earlier.userTicks
        return all > 0 ? Double(system) / Double(all) : 0
    }
}

// SPDX-License-Identifier: Apache-2.0

import BMCSimulator
import Foundation

/// A console server's logs, one file per console.
struct LogDirectory {
    let directory: URL
    let format: LogFormat

    init(_ directory: URL, format: LogFormat) {
        self.directory = directory
        self.format = format
    }

    /// Bytes in all files now.
    var byteCount: Int {
        let files = try? FileManager.default.contentsOfDirectory(
            at: self.directory,
            includingPropertiesForKeys: [.fileSizeKey]
        )
        return (files ?? []).reduce(0) { sum, file in
            sum + ((try? file.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0)
        }
    }

    func contents(of name: String) -> [UInt8] {
        Array(FileManager.default.contents(atPath: self.path(of: name)) ?? Data())
    }

    private func path(of name: String) -> String {
        self.directory.appendingPathComponent("\(name).log").path
    }

    /// Reads every log and compares it with what the BMCs say was acknowledged.
    func verify(_ reports: [HostReport]) -> LogVerdict {
        var verdict = LogVerdict()
        for report in reports {
            var check = LineCheck(LoadLine(name: report.name, width: report.lineWidth))
            self.format.forEachLine(in: self.contents(of: report.name)) { check.take($0) }
            verdict.add(check, acknowledgedLines: report.acknowledgedBytes / report.lineWidth)
        }
        return verdict
    }
}

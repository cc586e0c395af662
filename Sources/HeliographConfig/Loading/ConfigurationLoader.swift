// SPDX-License-Identifier: Apache-2.0

/// Reads configuration files into a `Configuration`, telling every mistake at once.
///
/// Pure: files come through the two closures.
package struct ConfigurationLoader {
    /// What the loader needs from the world.
    package struct FileAccess {
        /// The bytes of a file, or why it cannot be read (`no such file or directory`). Should not read more than
        /// `ConfigurationLoader.fileSizeLimit` + 1 bytes.
        package var read: (_ path: String) throws(FileProblem) -> [UInt8]
        /// The paths that a pattern such as `/etc/heliograph/conf.d/*.yaml` stands for, in any order; a path without
        /// wildcards stands for itself if it exists.
        package var expand: (_ pattern: String) throws(FileProblem) -> [String]

        package init(
            read: @escaping (_ path: String) throws(FileProblem) -> [UInt8],
            expand: @escaping (_ pattern: String) throws(FileProblem) -> [String]
        ) {
            self.read = read
            self.expand = expand
        }
    }

    /// Why a file cannot be read, in the system's words.
    package struct FileProblem: Error, Equatable, Sendable {
        package var reason: String

        package init(_ reason: String) {
            self.reason = reason
        }
    }

    /// What came of it.
    package struct Result: Equatable, Sendable {
        /// Nil when there is an error among the diagnostics.
        package var configuration: Configuration?
        /// In the order of the files, then of lines.
        package var diagnostics: [Diagnostic]
        /// Every file that was read, for watching and for messages.
        package var files: [String]

        /// Whether the configuration is refused.
        package var hasErrors: Bool { self.configuration == nil }
    }

    /// The biggest file that is taken.
    package static let fileSizeLimit = 8 << 20

    private let files: FileAccess

    package init(files: FileAccess) {
        self.files = files
    }

    /// Reads the file and whatever it includes.
    package func load(_ path: String) -> Result {
        let sink = DiagnosticSink()
        var merger = FileMerger(files: self.files, sink: sink)
        let root = merger.merge(path)
        let configuration = ConfigurationParser(sink: sink).parse(root)
        return Result(
            configuration: sink.hasErrors ? nil : configuration,
            diagnostics: sink.sorted(),
            files: sink.files
        )
    }
}

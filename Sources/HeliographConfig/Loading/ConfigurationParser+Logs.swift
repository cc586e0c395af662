// SPDX-License-Identifier: Apache-2.0

extension ConfigurationParser {
    func parseLogs(_ top: inout MapReader) {
        guard var reader = top.map("logs") else { return }
        var logs = LogConfiguration()
        logs.directory = reader.path("directory") ?? logs.directory
        if var rotate = reader.map("rotate") {
            self.parseRotation(&rotate, &logs.rotate)
        }
        if var keep = reader.map("keep") {
            self.parseRetention(&keep, &logs.keep, hasMinimumFree: true)
        }
        logs.compress = reader.choice("compress") ?? logs.compress
        logs.mode = self.fileMode(&reader) ?? logs.mode
        logs.group = reader.value("group") { text throws(ValueError) in
            guard GroupName.isValid(text) else {
                throw ValueError("\(text.quoted) is not the name of a Unix group")
            }
            return text
        }
        logs.reserve = reader.size("reserve", in: 1 << 20...1 << 40, zero: true) ?? logs.reserve
        self.parseRecorder(&reader, &logs)
        logs.openFiles =
            reader.value("open_files") { text throws(ValueError) -> Int? in
                if text == "auto" { return nil }
                guard let number = Int(text), (16...1_000_000).contains(number) else {
                    throw ValueError("\(text.quoted) is neither auto nor a number between 16 and 1000000")
                }
                return number
            } ?? nil
        logs.ship = reader.maps("ship").compactMap { self.shipping($0) }
        reader.finish()
        self.configuration.logs = logs
    }

    private func parseRotation(_ reader: inout MapReader, _ rotate: inout LogConfiguration.Rotation) {
        if let size = reader.size("size", in: 64 << 10...1 << 40, zero: true) {
            rotate.size = size == 0 ? nil : size
        }
        if let every = reader.duration("every", in: .seconds(60) ... .seconds(366 * 86_400), zero: true) {
            rotate.every = every == .zero ? nil : every
        }
        reader.finish()
    }

    private func parseRetention(
        _ reader: inout MapReader,
        _ keep: inout LogConfiguration.Retention,
        hasMinimumFree: Bool
    ) {
        if let days = reader.integer("days", in: 0...36_500) { keep.days = days == 0 ? nil : days }
        if let total = reader.size("total", in: 1 << 20...1 << 60, zero: true) {
            keep.total = total == 0 ? nil : total
        }
        if hasMinimumFree {
            if let minimum = reader.value("min_free", { text throws(ValueError) in try Self.freeSpace(text) })
            {
                keep.minimumFree = minimum == .percent(0) || minimum == .bytes(0) ? nil : minimum
            }
        }
        reader.finish()
    }

    private static func freeSpace(_ text: String) throws(ValueError) -> LogConfiguration.FreeSpace {
        guard text.hasSuffix("%") else { return .bytes(try ByteSize.parse(text)) }
        guard let percent = Int(text.dropLast()), (0...90).contains(percent) else {
            throw ValueError("\(text.quoted) is not between 0% and 90%")
        }
        return .percent(percent)
    }

    private func fileMode(_ reader: inout MapReader) -> UInt32? {
        guard let (text, position) = reader.text("mode") else { return nil }
        let digits = text.hasPrefix("0o") ? text.dropFirst(2) : text[...]
        guard (3...4).contains(digits.utf8.count), digits.utf8.allSatisfy(isDigit),
            let mode = UInt32(digits, radix: 8),
            mode <= 0o777
        else {
            self.sink.error(position, "mode: \(text.quoted) is not a file mode; write \"0640\"")
            return nil
        }
        guard mode & 0o600 == 0o600 else {
            self.sink.error(position, "mode: \(text.quoted) keeps the daemon itself out; write \"0640\"")
            return nil
        }
        if mode & 0o007 != 0 {
            self.sink.warning(
                position,
                "mode: console logs hold passwords typed at the wrong prompt; every account can read these"
            )
        }
        return mode
    }

    /// `recorder: off`, or a mapping.
    private func parseRecorder(_ reader: inout MapReader, _ logs: inout LogConfiguration) {
        guard let entry = reader.entry("recorder"), !entry.value.isNull else { return }
        if case .scalar(let scalar) = entry.value.content,
            ["off", "no", "false"].contains(scalar.text.lowercased())
        {
            logs.recorder = nil
            return
        }
        guard var inner = MapReader(entry.value, called: "recorder", sink: self.sink) else { return }
        var recorder = LogConfiguration.Recorder()
        recorder.directory = inner.path("directory") ?? recorder.directory
        if var keep = inner.map("keep") {
            self.parseRetention(&keep, &recorder.keep, hasMinimumFree: false)
        }
        recorder.sync = inner.duration("sync", in: .milliseconds(50) ... .seconds(60)) ?? recorder.sync
        inner.finish()
        logs.recorder = recorder
    }

    private func shipping(_ reader: MapReader) -> LogConfiguration.Shipping? {
        var reader = reader
        let target = reader.value("syslog") { text throws(ValueError) in try SyslogTarget(parsing: text) }
        let what: LogConfiguration.Shipping.Subject? = reader.choice("what")
        let isMissing = !reader.has("syslog")
        reader.finish()
        if isMissing { self.sink.error(reader.position, "ship: has no syslog address") }
        return target.map { LogConfiguration.Shipping(syslog: $0, what: what ?? .events) }
    }
}

extension SyslogTarget {
    /// Reads `tcp://host[:601]`, `tls://host[:6514]` or `unix:/path`.
    init(parsing text: String) throws(ValueError) {
        if text.hasPrefix("tcp://") {
            self = .tcp(try HostPort(parsing: String(text.dropFirst(6)), defaultPort: 601))
        } else if text.hasPrefix("tls://") {
            self = .tls(try HostPort(parsing: String(text.dropFirst(6)), defaultPort: 6514))
        } else if text.hasPrefix("unix:/") {
            self = .unix(FilePath.normalised(String(text.dropFirst(5))))
        } else {
            throw ValueError(
                "\(text.quoted) is not a syslog address; write tcp://host:601, tls://host:6514 or unix:/dev/log"
            )
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

extension ConfigurationParser {
    func parseSSH(_ top: inout MapReader) {
        guard var reader = top.map("ssh") else { return }
        var ssh = SSHConfiguration()
        ssh.listen = self.listenAddresses(&reader, defaultPort: 2200) ?? ssh.listen
        ssh.hostKeys = reader.path("host_keys") ?? ssh.hostKeys
        ssh.banner = reader.path("banner")
        let methods = reader.choices(
            "authentication",
            SSHLoginMethod.self,
            empty: "is empty, so nobody could log in"
        )
        ssh.authentication = methods ?? ssh.authentication
        ssh.loginGrace = reader.duration("login_grace", in: .seconds(1) ... .seconds(3600)) ?? ssh.loginGrace
        ssh.maxConnections = reader.integer("max_connections", in: 1...100_000) ?? ssh.maxConnections
        let idle = reader.duration("idle_timeout", in: .seconds(1) ... .seconds(365 * 86_400), zero: true)
        ssh.idleTimeout = idle == .zero ? nil : idle
        reader.finish()
        self.configuration.ssh = ssh
    }

    func parseControl(_ top: inout MapReader) {
        guard var reader = top.map("control") else { return }
        var control = ControlConfiguration()
        if let socket = reader.path("socket") {
            // sockaddr_un has room for 108 bytes, one of them for the end.
            if socket.utf8.count > 107 {
                self.sink.error(
                    reader.position,
                    "socket: the path is longer than the 107 bytes a Unix socket can have"
                )
            }
            control.socket = socket
        }
        let group = reader.value("group") { text throws(ValueError) in
            guard GroupName.isValid(text) else {
                throw ValueError("\(text.quoted) is not the name of a Unix group")
            }
            return text
        }
        if let group {
            control.group = group
            control.groupIsExplicit = true
        }
        reader.finish()
        self.configuration.control = control
    }

    func parseHTTP(_ top: inout MapReader) {
        guard var reader = top.map("http") else { return }
        var http = HTTPConfiguration()
        http.listen = self.listenAddresses(&reader, defaultPort: 9623) ?? http.listen
        http.consoleMetrics = reader.boolean("console_metrics") ?? http.consoleMetrics
        reader.finish()
        self.configuration.http = http
    }

    private func listenAddresses(_ reader: inout MapReader, defaultPort: UInt16) -> [HostPort]? {
        reader.values("listen") { text throws(ValueError) in
            let address = try HostPort(parsing: text, defaultPort: defaultPort)
            guard IPAddress(address.host) != nil || address.host == "localhost" else {
                throw ValueError(
                    "\(text.quoted) is not an address to listen at; write 0.0.0.0:\(defaultPort) or [::]:\(defaultPort)"
                )
            }
            return address
        }
    }
}

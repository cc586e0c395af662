// SPDX-License-Identifier: Apache-2.0

/// A configuration of a whole site. The BMC profile `intel` comes from an included file.
let fullExample = """
    include: [conf.d/*.yaml]            # merged in name order; the same key twice is an error, lists append

    ssh:
      listen: ["0.0.0.0:2200", "[::]:2200"]
      host_keys: /var/lib/heliograph/ssh          # made at first start, 0600
      banner: /etc/heliograph/banner              # optional, shown before authentication
      authentication: [publickey]                 # publickey, password, keyboard-interactive
      login_grace: 30s
      max_connections: 500
      idle_timeout: 0                             # 0 = never

    control: { socket: /run/heliograph/control.sock, group: heliograph }
    http: { listen: ["127.0.0.1:9623"] }          # /metrics /healthz and the read-only pages; absent = off

    logs:
      directory: /var/log/heliograph
      rotate: { size: 64MiB, every: 1d }
      keep: { days: 90, total: 100GiB, min_free: 10% }
      compress: zstd                              # zstd, gzip, none
      mode: "0640"
      recorder: { directory: /var/lib/heliograph/recorder, keep: { days: 14, total: 50GiB }, sync: 1s }
      open_files: auto                            # least-recently-used logs are closed when descriptors are short
      ship: []                                    # e.g. { syslog: "tcp://logs.example.net:601", what: events }

    users:
      - name: alice
        keys: ["ssh-ed25519 AAAA... alice@laptop"]      # or keys_file: /etc/heliograph/keys/alice
        escape: conman
      - name: bob
        password_hash: "$y$..."                          # made by: helio hash-password
    groups:
      ops: [alice, bob]
    access:                                              # first match wins; nothing matches = denied
      - { who: ["@ops"], consoles: "*", allow: [attach, write, force, break, power, bmc] }
      - { who: ["*"], consoles: "lab*", allow: [attach] }

    bmc_profiles:                                        # reusable credentials and quirks
      default: { user: heliograph, password_file: secrets/bmc, cipher_suite: auto, privilege: operator, takeover: if-idle, workarounds: [] }

    defaults:
      escape: conserver
      keys: { profile: vt-utf8, when: manual }             # manual: off until ^EcK; auto: by what the host prints; always
      takeover: if-idle
      crash_rules: [standard]

    consoles:
      - name: "web[01-40]"
        sol: "web[01-40]-bmc.example.net"                # IPMI 2.0 Serial over LAN; host[:port]
        groups: [web]
      - { name: old1, sol15: "10.0.9.7", profile: intel }   # IPMI 1.5 vendor SOL
      - { name: ts1-p4, telnet: "ts1.example.net:7004" }      # + chat: [{expect: "Username:", send: "..."}]
      - { name: obmc3, ssh: "root@obmc3:2200", known_hosts: /etc/heliograph/known_hosts }
      - { name: local, device: /dev/ttyUSB0, baud: 115200, flow: none }
      - { name: vm7, unix: /run/qemu/vm7.sock }
      - { name: raw2, tcp: "10.0.0.9:4001" }
      - { name: odd, exec: ["/usr/local/bin/my-console", "odd"] }

    crash_rules:                                         # beside the built-in `standard` set
      site: [{ name: lustre, match: "LustreError.*LBUG", severity: critical }]
    notify:
      - { on: [crash, console_down], exec: ["/usr/local/bin/page", "{console}", "{event}"] }
      - { on: [crash], webhook: "https://alerts.example.net/hook" }
      - { on: [crash], syslog: local3 }
    """

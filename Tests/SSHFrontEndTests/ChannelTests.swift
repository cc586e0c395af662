// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SSHFrontEnd

extension FrontEndTests {
    @Suite("A channel")
    struct ChannelTests {
        @Test("gives the client the exit status", arguments: [0, 3, 7, 255])
        func exitStatus(_ status: Int) throws {
            let door = try TestDoor()
            #expect(try door.ssh(["exit", "\(status)"]).exitStatus() == Int32(status))
            #expect(door.gateway.log.wait(for: "closed"))
        }

        @Test("keeps standard output and standard error apart")
        func streams() throws {
            let door = try TestDoor()
            let ssh = try door.ssh(["both"])
            #expect(ssh.exitStatus() == 0)
            #expect(ssh.output.text == "to out\n")
            #expect(ssh.errors.text == "to err\n")
        }

        @Test("has the terminal's type and size, and hears of a new size")
        func terminal() throws {
            let door = try TestDoor()
            let terminal = try PseudoTerminal(columns: 97, rows: 31)
            let ssh = try door.ssh(terminal: terminal)
            #expect(ssh.output.wait(for: "vt220 97x31"))
            try terminal.type("hello")
            #expect(ssh.output.wait(for: "hello"))
            terminal.resize(columns: 120, rows: 50)
            ssh.signal(SIGWINCH)
            #expect(ssh.output.wait(for: "size 120x50"))
            try terminal.type("\u{4}")
            #expect(ssh.exitStatus() == 7)
        }

        @Test("hands on the break that OpenSSH's ~B sends, and refuses other requests that nobody knows")
        func breakRequest() throws {
            let door = try TestDoor()
            let ssh = try door.ssh(options: ["-tt", "-e", "~"])
            #expect(ssh.output.wait(for: "ready"))
            ssh.write("x\r")
            #expect(ssh.output.wait(for: "x\r"))
            ssh.write("~B")
            #expect(ssh.output.wait(for: "BREAK"))
            ssh.write("\r~Bafter")
            #expect(ssh.output.wait(for: "after"))
            #expect(door.gateway.log.text == "break\nbreak\n")
            ssh.write("\u{4}")
            #expect(ssh.exitStatus() == 7)
        }

        @Test("carries 16 MiB to the client byte for byte, with a new key for every megabyte")
        func download() throws {
            let door = try TestDoor()
            let count = 16 << 20
            let ssh = try door.ssh(["flood", "\(count)"], options: ["-o", "RekeyLimit=1M"])
            #expect(ssh.exitStatus(within: 60) == 0)
            #expect(ssh.output.contents == StubGateway.pattern(0..<count))
        }

        @Test("carries 2 MiB both ways byte for byte, with a new key for every megabyte")
        func echo() throws {
            let door = try TestDoor()
            let bytes = StubGateway.pattern(0..<(2 << 20))
            let ssh = try door.ssh(["echo"], options: ["-o", "RekeyLimit=1M"])
            ssh.write(bytes)
            ssh.closeInput()
            #expect(ssh.exitStatus(within: 60) == 0)
            #expect(ssh.output.contents == bytes)
        }

        @Test("holds input back for a handler that takes it slowly, and loses none")
        func brake() throws {
            let door = try TestDoor()
            let bytes = StubGateway.pattern(0..<300_000)
            let sum = bytes.reduce(UInt64(0)) { $0 &* 31 &+ UInt64($1) }
            let ssh = try door.ssh(["sink"])
            ssh.write(bytes)
            ssh.closeInput()
            #expect(ssh.exitStatus(within: 60) == 0)
            #expect(ssh.output.text == "\(bytes.count) \(sum)\n")
        }

        @Test("whose client has stopped reading disturbs no other on the same worker")
        func stopped() throws {
            let door = try TestDoor { configuration, _, _ in configuration.workerCount = 1 }
            let stopped = try door.ssh(["flood", "\(64 << 20)"])
            #expect(stopped.output.wait { !$0.isEmpty })
            stopped.signal(SIGSTOP)
            let other = try door.ssh()
            #expect(other.output.wait(for: "ready"))
            for round in 0..<200 {
                other.write("<\(round)>")
                #expect(other.output.wait(for: "<\(round)>"))
            }
            // Its output is still with us: it did not finish before it was stopped.
            #expect(door.frontEnd.status.channels == 2)
            other.closeInput()
            #expect(other.exitStatus() == 0)
            stopped.signal(SIGCONT)
            #expect(stopped.exitStatus(within: 60) == 0)
            #expect(stopped.output.contents.count == 64 << 20)
        }

        @Test("does not wait long for its echo while another one downloads flat out on the same worker")
        func fairness() throws {
            let door = try TestDoor { configuration, _, _ in configuration.workerCount = 1 }
            let flood = try door.ssh(["flood", "\(1 << 30)"])
            #expect(flood.output.wait { $0.count > 1 << 20 })
            let other = try door.ssh()
            #expect(other.output.wait(for: "ready"))
            var waits: [Duration] = []
            for round in 0..<200 {
                let start = ContinuousClock.now
                other.write("<\(round)>")
                #expect(other.output.wait(for: "<\(round)>"))
                waits.append(.now - start)
            }
            flood.signal(SIGKILL)
            waits.sort()
            // Both clients, the reading of the flood and the door share the machine's cores.
            #expect(waits[100] < .milliseconds(100))
        }

        @Test("can be one of ten over a ControlMaster, but not the eleventh")
        func multiplexed() throws {
            let door = try TestDoor()
            let socket = ["-o", "ControlPath=\(door.directory.path)/master"]
            let master = try door.ssh(options: ["-M"] + socket)
            #expect(master.output.wait(for: "ready"))
            var more: [Child] = []
            for _ in 1..<10 {
                let child = try door.ssh(options: socket)
                #expect(child.output.wait(for: "ready"))
                more.append(child)
            }
            let eleventh = try door.ssh(["exit", "0"], options: socket + ["-o", "ControlMaster=no"])
            #expect(eleventh.exitStatus() == 255 || eleventh.errors.text.contains("refused"))
            #expect(door.log.wait(for: "notice SSH channel refused"))
            for child in more {
                child.write("still here")
                #expect(child.output.wait(for: "still here"))
                child.closeInput()
                #expect(child.exitStatus() == 0)
            }
            #expect(try door.ssh(["exit", "5"], options: socket).exitStatus() == 5)
            master.closeInput()
            #expect(master.exitStatus() == 0)
        }

        @Test("may be dropped at any moment, and the others on its connection live on")
        func dropped() throws {
            let door = try TestDoor()
            let socket = ["-o", "ControlPath=\(door.directory.path)/master"]
            let master = try door.ssh(options: ["-M"] + socket)
            #expect(master.output.wait(for: "ready"))
            for round in 0..<20 {
                let flood = try door.ssh(["flood", "10000000"], options: socket)
                let echo = try door.ssh(["echo"], options: socket)
                let shell = try door.ssh(options: socket)
                echo.write("x\(round)")
                // Now and then before anything has come, now and then in the midst of it.
                if round.isMultiple(of: 2) { #expect(flood.output.wait { $0.count > round * 10_000 }) }
                if round.isMultiple(of: 3) { #expect(echo.output.wait(for: "x\(round)")) }
                for child in [shell, flood, echo] { child.signal(SIGKILL) }
                for child in [shell, flood, echo] { #expect(child.exitStatus() == 128 + SIGKILL) }
            }
            #expect(door.waitForStatus { $0.channels == 1 })
            master.write("still here")
            #expect(master.output.wait(for: "still here"))
            master.closeInput()
            #expect(master.exitStatus() == 0)
        }

        @Test("is the only thing there is: forwarding, X11, the agent and subsystems are refused")
        func forwarding() throws {
            let door = try TestDoor()
            let reverse = try door.ssh(
                ["exit", "0"],
                options: ["-R", "0:127.0.0.1:1", "-o", "ExitOnForwardFailure=yes"]
            )
            #expect(reverse.exitStatus() == 255)
            let direct = try door.ssh(options: ["-W", "127.0.0.1:\(door.port)"])
            #expect(direct.exitStatus() == 255)
            #expect(!direct.output.text.contains("SSH-2.0"))
            let agent = try door.ssh(["exit", "4"], options: ["-A", "-X"])
            #expect(agent.exitStatus() == 4)
            let subsystem = try door.ssh(["sftp"], options: ["-s"])
            #expect(subsystem.exitStatus() == 255)
            #expect(door.log.wait(for: "SSH subsystem refused"))
        }

        @Test("survives a client that keeps itself alive, and asks nothing of it")
        func keepalive() throws {
            let door = try TestDoor()
            let options = ["-o", "ServerAliveInterval=1", "-o", "ServerAliveCountMax=1"]
            let ssh = try door.ssh(["sink"], options: options)
            // Three keepalives' time of silence, in which the client would give up if nobody answered.
            #expect(ssh.exitStatus(within: 3.5) == nil)
            ssh.closeInput()
            #expect(ssh.exitStatus() == 0)
        }

        @Test("ends when the client is killed, and the handler learns of it")
        func killed() throws {
            let door = try TestDoor()
            let ssh = try door.ssh()
            #expect(ssh.output.wait(for: "ready"))
            ssh.signal(SIGKILL)
            #expect(door.gateway.log.wait(for: "closed"))
            #expect(door.waitForStatus { $0.connections == 0 && $0.channels == 0 })
        }
    }
}

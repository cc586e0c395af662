// SPDX-License-Identifier: Apache-2.0

import IPMI

/// The commands a console, `ipmitool`, FreeIPMI and ipmiutil send on their way to a console.
extension SimulatedBMC {
    /// A command that names no type of ours: what FreeIPMI and ipmiutil insist on.
    private enum Raw {
        static let getSystemGUID = CommandID(.application, 0x37)
        static let getSelfTestResults = CommandID(.application, 0x04)
        static let getDeviceGUID = CommandID(.application, 0x08)
        static let getChannelAccess = CommandID(.application, 0x41)
        static let getChannelInfo = CommandID(.application, 0x42)
        static let getUserAccess = CommandID(.application, 0x44)
        static let getUserName = CommandID(.application, 0x46)
        static let setUserPayloadAccess = CommandID(.application, 0x4C)
        static let getUserPayloadAccess = CommandID(.application, 0x4D)
        static let getChannelPayloadSupport = CommandID(.application, 0x4E)
        static let getChannelPayloadVersion = CommandID(.application, 0x4F)
        static let setSOLConfigurationParameter = CommandID(.transport, 0x21)
    }

    private static let channel: UInt8 = 1

    /// The lowest privilege for each command that wants more than User.
    private static let privileges: [CommandID: PrivilegeLevel] = [
        ChassisControl.id: .operator,
        Raw.getUserAccess: .operator,
        Raw.getUserName: .operator,
        Raw.setUserPayloadAccess: .administrator,
        Raw.setSOLConfigurationParameter: .administrator,
    ]

    /// What is answered to anybody. Nil: nothing.
    mutating func answerOutsideSession(_ request: IPMIRequest) -> IPMIResponse? {
        self.statistics.commands += 1
        if self.configuration.ignoredCommands.contains(request.command) { return nil }
        if let code = self.configuration.refusedCommands[request.command] {
            return IPMIResponse(to: request, completion: code)
        }
        return switch request.command {
        case GetChannelAuthenticationCapabilities.id: self.authenticationCapabilities(request)
        case GetChannelCipherSuites.id: self.cipherSuites(request)
        case Raw.getSystemGUID: IPMIResponse(to: request, completion: .success, data: self.guid[...])
        default: IPMIResponse(to: request, completion: .insufficientPrivilege)
        }
    }

    /// What is answered inside a session. Nil: nothing.
    mutating func answer(
        _ request: IPMIRequest,
        _ index: Int,
        _ now: MonotonicInstant,
        _ out: inout [OutgoingDatagram]
    ) -> IPMIResponse? {
        self.statistics.commands += 1
        if self.configuration.ignoredCommands.contains(request.command) { return nil }
        if let code = self.configuration.refusedCommands[request.command] {
            return IPMIResponse(to: request, completion: code)
        }
        if let needed = Self.privileges[request.command], self.sessions[index].privilege < needed {
            return IPMIResponse(to: request, completion: .insufficientPrivilege)
        }
        do {
            return try self.execute(request, index, now, &out)
        } catch .truncated {
            return IPMIResponse(to: request, completion: .requestLengthInvalid)
        } catch {
            return IPMIResponse(to: request, completion: .invalidField)
        }
    }

    private mutating func execute(
        _ request: IPMIRequest,
        _ index: Int,
        _ now: MonotonicInstant,
        _ out: inout [OutgoingDatagram]
    ) throws(WireError) -> IPMIResponse {
        switch request.command {
        case GetDeviceID.id: self.deviceID(request)
        case GetChannelAuthenticationCapabilities.id: self.authenticationCapabilities(request)
        case GetChannelCipherSuites.id: self.cipherSuites(request)
        case SetSessionPrivilegeLevel.id:
            self.setPrivilege(request, try request.decode(SetSessionPrivilegeLevel.self), index)
        case CloseSession.id: self.closeSession(request, try request.decode(CloseSession.self), index)
        case GetSessionInfo.id: self.sessionInfo(request, try request.decode(GetSessionInfo.self), index)
        case GetChassisStatus.id: self.chassisStatus(request)
        case ChassisControl.id: self.chassisControl(request, try request.decode(ChassisControl.self), now)
        case GetPayloadActivationStatus.id:
            self.activationStatus(request, try request.decode(GetPayloadActivationStatus.self))
        case GetPayloadInstanceInfo.id:
            self.instanceInfo(request, try request.decode(GetPayloadInstanceInfo.self))
        case ActivatePayload.id: self.activate(request, try request.decode(ActivatePayload.self), index)
        case DeactivatePayload.id:
            self.deactivate(request, try request.decode(DeactivatePayload.self), index, &out)
        case GetSOLConfigurationParameter.id:
            self.solParameter(request, try request.decode(GetSOLConfigurationParameter.self))
        case Raw.setSOLConfigurationParameter: try self.setSOLParameter(request)
        case Raw.getSystemGUID, Raw.getDeviceGUID: self.raw(request, self.guid)
        case Raw.getSelfTestResults: self.raw(request, [0x55, 0x00])
        // SOL and IPMI messages; all six set-up payloads.
        case Raw.getChannelPayloadSupport:
            self.raw(request, [0x03, 0x00, 0x3F, 0x00, 0x00, 0x00, 0x00, 0x00])
        case Raw.getChannelPayloadVersion: self.raw(request, [0x10])
        case Raw.getChannelAccess: self.raw(request, [0x02, 0x04])
        // 802.3 LAN, IPMB-1.0 protocol, multi-session; IPMI's own vendor number.
        case Raw.getChannelInfo:
            self.raw(request, [Self.channel, 0x04, 0x01, 0x80, 0xF2, 0x1B, 0x00, 0x00, 0x00])
        case Raw.getUserAccess: try self.userAccess(request)
        case Raw.getUserName: try self.userName(request)
        case Raw.getUserPayloadAccess: try self.userPayloadAccess(request)
        case Raw.setUserPayloadAccess: IPMIResponse(to: request, completion: .success)
        default: IPMIResponse(to: request, completion: .invalidCommand)
        }
    }

    private func raw(_ request: IPMIRequest, _ data: [UInt8]) -> IPMIResponse {
        IPMIResponse(to: request, completion: .success, data: data[...])
    }

    // MARK: The BMC and its sessions

    private func deviceID(_ request: IPMIRequest) -> IPMIResponse {
        IPMIResponse(
            to: request,
            GetDeviceID.self,
            GetDeviceID.Response(
                deviceID: 0x20,
                deviceRevision: 1,
                firmwareMajor: 1,
                firmwareMinor: 0x00,
                ipmiVersion: 0x02,
                additionalDeviceSupport: 0x80,
                manufacturer: self.configuration.manufacturer,
                product: self.configuration.product,
                auxiliaryFirmwareRevision: [0, 0, 0, 0]
            )
        )
    }

    private func authenticationCapabilities(_ request: IPMIRequest) -> IPMIResponse {
        guard let asked = try? request.decode(GetChannelAuthenticationCapabilities.self) else {
            return IPMIResponse(to: request, completion: .requestLengthInvalid)
        }
        var status: GetChannelAuthenticationCapabilities.Status = []
        if self.configuration.users.contains(where: { !$0.name.isEmpty }) { status.insert(.nonNullUserNames) }
        if self.configuration.users.contains(where: { $0.name.isEmpty }) { status.insert(.nullUserNames) }
        if let key = self.configuration.bmcKey, !key.isUnset { status.insert(.bmcKeySet) }
        return IPMIResponse(
            to: request,
            GetChannelAuthenticationCapabilities.self,
            GetChannelAuthenticationCapabilities.Response(
                channel: asked.channel == Channel.current ? Self.channel : asked.channel,
                authenticationTypes: asked.wantsIPMI20Data ? [.md5, .ipmi20Data] : [.md5],
                status: status,
                protocols: asked.wantsIPMI20Data ? [.ipmi20] : []
            )
        )
    }

    private func cipherSuites(_ request: IPMIRequest) -> IPMIResponse {
        guard let asked = try? request.decode(GetChannelCipherSuites.self) else {
            return IPMIResponse(to: request, completion: .requestLengthInvalid)
        }
        let list = CipherSuiteList(self.configuration.cipherSuites.map { CipherSuiteList.Record($0) })
        return IPMIResponse(
            to: request,
            GetChannelCipherSuites.self,
            GetChannelCipherSuites.Response(channel: Self.channel, page: list.page(asked.index))
        )
    }

    private mutating func setPrivilege(
        _ request: IPMIRequest,
        _ asked: SetSessionPrivilegeLevel.Request,
        _ index: Int
    ) -> IPMIResponse {
        if asked.privilege != .unspecified {
            guard asked.privilege <= self.sessions[index].maximumPrivilege else {
                return IPMIResponse(to: request, completion: CompletionCode(rawValue: 0x81))
            }
            self.sessions[index].privilege = asked.privilege
        }
        return IPMIResponse(
            to: request,
            SetSessionPrivilegeLevel.self,
            SetSessionPrivilegeLevel.Response(privilege: self.sessions[index].privilege)
        )
    }

    private func closeSession(_ request: IPMIRequest, _ asked: CloseSession.Request, _ index: Int)
        -> IPMIResponse
    {
        let own = self.sessions[index]
        let target = self.sessions.first {
            asked.sessionID == 0 ? $0.handle == asked.handle : $0.id == asked.sessionID
        }
        guard let target else { return IPMIResponse(to: request, completion: CompletionCode(rawValue: 0x87)) }
        guard target.id == own.id || own.privilege >= .administrator else {
            return IPMIResponse(to: request, completion: .insufficientPrivilege)
        }
        return IPMIResponse(to: request, completion: .success)
    }

    private func sessionInfo(_ request: IPMIRequest, _ asked: GetSessionInfo.Request, _ index: Int)
        -> IPMIResponse
    {
        let active = self.sessions.filter { $0.cipher != nil }
        let session: BMCSession? =
            switch asked {
            case .current: self.sessions[index]
            case .active(let number): active.indices.contains(Int(number) - 1) ? active[Int(number) - 1] : nil
            case .handle(let handle): active.first { $0.handle == handle }
            case .sessionID(let id): active.first { $0.id == id }
            }
        let detail = session.map { session in
            GetSessionInfo.Session(
                userID: session.userID,
                privilege: session.privilege,
                isIPMI20: true,
                channel: Self.channel,
                peer: GetSessionInfo.Peer(
                    address: (0..<4).map {
                        UInt8(truncatingIfNeeded: session.peer.ip >> (24 - 8 * UInt32($0)))
                    },
                    macAddress: [0x02, 0, 0, 0, 0, 1],
                    port: session.peer.port
                )
            )
        }
        return IPMIResponse(
            to: request,
            GetSessionInfo.self,
            GetSessionInfo.Response(
                handle: session?.handle ?? 0,
                possibleSessions: UInt8(clamping: self.configuration.sessionSlots),
                activeSessions: UInt8(clamping: active.count),
                session: detail
            )
        )
    }

    // MARK: Chassis

    private func chassisStatus(_ request: IPMIRequest) -> IPMIResponse {
        IPMIResponse(
            to: request,
            GetChassisStatus.self,
            GetChassisStatus.Response(power: self.host.isPowered ? [.on] : [])
        )
    }

    private mutating func chassisControl(
        _ request: IPMIRequest,
        _ asked: ChassisControl.Request,
        _ now: MonotonicInstant
    ) -> IPMIResponse {
        switch asked.action {
        case .powerDown: self.switchHost(.off, now: now)
        case .powerUp: self.switchHost(.on, now: now)
        case .powerCycle, .hardReset:
            guard self.host.isPowered else {
                return IPMIResponse(to: request, completion: .notSupportedInPresentState)
            }
            if asked.action == .hardReset {
                self.switchHost(.reset, now: now)
            } else {
                self.powerCycle(now: now)
            }
        case .diagnosticInterrupt: self.switchHost(.diagnosticInterrupt, now: now)
        case .softShutdown: self.switchHost(.softOff, now: now)
        }
        return IPMIResponse(to: request, completion: .success)
    }

    // MARK: Payload

    private func activationStatus(
        _ request: IPMIRequest,
        _ asked: GetPayloadActivationStatus.Request
    ) -> IPMIResponse {
        let isActive = asked.payloadType == .sol && self.owner != .nobody
        return IPMIResponse(
            to: request,
            GetPayloadActivationStatus.self,
            GetPayloadActivationStatus.Response(capacity: 1, activeInstances: isActive ? 1 : 0)
        )
    }

    private func instanceInfo(_ request: IPMIRequest, _ asked: GetPayloadInstanceInfo.Request) -> IPMIResponse
    {
        guard asked.type == .sol, asked.instance == 1 else {
            return IPMIResponse(to: request, completion: .invalidField)
        }
        let id: UInt32 =
            switch self.owner {
            case .nobody: 0
            case .session(let id), .phantom(let id, _): id
            }
        return IPMIResponse(
            to: request,
            GetPayloadInstanceInfo.self,
            GetPayloadInstanceInfo.Response(sessionID: id, serialPort: 1)
        )
    }

    private mutating func activate(
        _ request: IPMIRequest,
        _ asked: ActivatePayload.Request,
        _ index: Int
    ) -> IPMIResponse {
        guard asked.payload == .sol else { return IPMIResponse(to: request, completion: .invalidField) }
        let session = self.sessions[index]
        let settings = self.port.configuration
        guard settings.isEnabled, session.mayUseSOL else {
            return IPMIResponse(to: request, completion: ActivatePayload.Code.payloadTypeDisabled)
        }
        guard session.privilege >= settings.minimumPrivilege else {
            return IPMIResponse(to: request, completion: .insufficientPrivilege)
        }
        guard self.owner == .nobody else {
            return IPMIResponse(to: request, completion: ActivatePayload.Code.alreadyActive)
        }
        let wantsEncryption = asked.options.contains(.encrypted)
        guard session.suite.isEncrypted || !wantsEncryption else {
            return IPMIResponse(to: request, completion: ActivatePayload.Code.cannotActivateWithEncryption)
        }
        guard wantsEncryption || !settings.forcesEncryption else {
            return IPMIResponse(to: request, completion: ActivatePayload.Code.cannotActivateWithoutEncryption)
        }
        self.owner = .session(session.id)
        session.cipher?.solIsInClear = session.suite.isEncrypted && !wantsEncryption
        self.port.activate()
        self.statistics.activations += 1
        let swaps = self.configuration.swapsPayloadSizes
        let inbound = UInt16(clamping: settings.inboundSize)
        let outbound = UInt16(clamping: settings.outboundSize)
        return IPMIResponse(
            to: request,
            ActivatePayload.self,
            ActivatePayload.Response(
                inboundPayloadSize: swaps ? inbound.byteSwapped : inbound,
                outboundPayloadSize: swaps ? outbound.byteSwapped : outbound,
                port: self.configuration.announcedPort ?? self.listeningPort
            )
        )
    }

    private mutating func deactivate(
        _ request: IPMIRequest,
        _ asked: DeactivatePayload.Request,
        _ index: Int,
        _ out: inout [OutgoingDatagram]
    ) -> IPMIResponse {
        guard asked.payload == .sol else { return IPMIResponse(to: request, completion: .invalidField) }
        if self.configuration.ignoresDeactivation { return IPMIResponse(to: request, completion: .success) }
        switch self.owner {
        case .nobody:
            return IPMIResponse(to: request, completion: DeactivatePayload.Code.alreadyDeactivated)
        case .phantom:
            self.owner = .nobody
        case .session(let id) where id == self.sessions[index].id:
            self.owner = .nobody
            self.port.deactivate()
        case .session:
            guard self.sessions[index].privilege >= .operator else {
                return IPMIResponse(to: request, completion: .insufficientPrivilege)
            }
            self.takePayloadFromOwner(&out)
        }
        return IPMIResponse(to: request, completion: .success)
    }

    // MARK: SOL parameters

    private func solParameter(
        _ request: IPMIRequest,
        _ asked: GetSOLConfigurationParameter.Request
    ) -> IPMIResponse {
        let settings = self.port.configuration
        let parameter: SOLParameter
        switch asked.parameter {
        case .setInProgress: parameter = .setInProgress(0)
        case .enable: parameter = .enable(settings.isEnabled)
        case .authentication:
            parameter = .authentication(
                forceEncryption: settings.forcesEncryption,
                forceAuthentication: settings.forcesAuthentication,
                minimumPrivilege: settings.minimumPrivilege
            )
        case .accumulate:
            parameter = .accumulate(
                interval: max(settings.accumulateInterval, .milliseconds(5)),
                threshold: UInt8(clamping: settings.sendThreshold)
            )
        case .retry:
            parameter = .retry(count: UInt8(clamping: settings.retryCount), interval: settings.retryInterval)
        case .nonVolatileBitRate: parameter = .nonVolatileBitRate(SOLBitRate(rawValue: settings.bitRate))
        case .volatileBitRate: parameter = .volatileBitRate(SOLBitRate(rawValue: settings.bitRate))
        case .payloadChannel: parameter = .payloadChannel(Self.channel)
        case .payloadPort: parameter = .payloadPort(self.listeningPort)
        default: return IPMIResponse(to: request, completion: CompletionCode(rawValue: 0x80))
        }
        let data = asked.revisionOnly ? [] : parameter.encoded()
        return IPMIResponse(
            to: request,
            GetSOLConfigurationParameter.self,
            GetSOLConfigurationParameter.Response(data: data[...])
        )
    }

    private mutating func setSOLParameter(_ request: IPMIRequest) throws(WireError) -> IPMIResponse {
        var reader = WireReader(request.data)
        try reader.skip(1, "channel number")
        let selector = SOLParameterSelector(rawValue: try reader.u8("parameter selector"))
        switch try SOLParameter(selector, decoding: reader.rest()) {
        case .setInProgress: break
        case .enable(let isEnabled): self.port.configuration.isEnabled = isEnabled
        case .authentication(let encryption, let authentication, let privilege):
            self.port.configuration.forcesEncryption = encryption
            self.port.configuration.forcesAuthentication = authentication
            self.port.configuration.minimumPrivilege = privilege
        case .accumulate(let interval, let threshold):
            self.port.configuration.accumulateInterval = interval
            self.port.configuration.sendThreshold = Int(threshold)
        case .retry(let count, let interval):
            self.port.configuration.retryCount = Int(count)
            self.port.configuration.retryInterval = max(interval, .milliseconds(10))
        case .nonVolatileBitRate(let rate), .volatileBitRate(let rate):
            self.port.configuration.bitRate = rate.rawValue
        case .payloadChannel, .payloadPort:
            return IPMIResponse(to: request, completion: CompletionCode(rawValue: 0x82))
        case .other: return IPMIResponse(to: request, completion: CompletionCode(rawValue: 0x80))
        }
        return IPMIResponse(to: request, completion: .success)
    }

    // MARK: Users

    private func user(_ id: UInt8) -> BMCUser? { self.configuration.users.first { $0.id == id & 0x3F } }

    private func userAccess(_ request: IPMIRequest) throws(WireError) -> IPMIResponse {
        var reader = WireReader(request.data)
        try reader.skip(1, "channel number")
        let user = self.user(try reader.u8("user ID"))
        let count = UInt8(clamping: self.configuration.users.count)
        return self.raw(
            request,
            [0x0F, 0x40 | count, 0x00, user.map { 0x10 | $0.maximumPrivilege.rawValue } ?? 0x0F]
        )
    }

    private func userName(_ request: IPMIRequest) throws(WireError) -> IPMIResponse {
        var reader = WireReader(request.data)
        guard let user = self.user(try reader.u8("user ID")) else {
            return IPMIResponse(to: request, completion: .invalidField)
        }
        var writer = WireWriter(capacity: 16)
        writer.append(Array(user.name.utf8), paddedTo: 16)
        return self.raw(request, writer.bytes)
    }

    private func userPayloadAccess(_ request: IPMIRequest) throws(WireError) -> IPMIResponse {
        var reader = WireReader(request.data)
        try reader.skip(1, "channel number")
        let user = self.user(try reader.u8("user ID"))
        return self.raw(request, [user?.mayUseSOL == true ? 0x02 : 0x00, 0x00, 0x00, 0x00])
    }
}

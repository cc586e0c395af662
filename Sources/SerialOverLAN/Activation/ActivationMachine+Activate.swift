// SPDX-License-Identifier: Apache-2.0

import IPMI

extension ActivationMachine {
    mutating func activate(
        over channel: inout SessionChannel,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        var options = ActivatePayload.Request(suite: channel.suite).options
        if !self.encrypts { options.remove(.encrypted) }
        channel.cipher.solIsInClear = channel.suite.isEncrypted && !self.encrypts
        self.step = .activate
        self.command = PendingCommand(
            ActivatePayload.self,
            .init(options: options),
            retries: context.timing.commandRetries,
            over: &channel,
            &context,
            now: now
        )
        return .goesOn
    }

    mutating func activateAnswered(
        _ response: IPMIResponse,
        over channel: inout SessionChannel,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        let text = response.completion.text(for: response.command)
        switch response.completion {
        case .success:
            return self.active(try? response.decode(ActivatePayload.self), over: channel, &context)
        case ActivatePayload.Code.alreadyActive:
            return self.askOwner(isRefused: true, over: &channel, &context, now)
        case ActivatePayload.Code.payloadTypeDisabled: return self.failure(.solDisabled, text)
        case ActivatePayload.Code.activationLimitReached: return self.failure(.solLimit, text)
        case ActivatePayload.Code.cannotActivateWithEncryption:
            guard self.encrypts, context.works(around: .allowUnencryptedSOL), !self.hasFlippedEncryption
            else {
                return self.failure(.encryptionUnavailable, text)
            }
            return self.flipEncryption(over: &channel, &context, now)
        case ActivatePayload.Code.cannotActivateWithoutEncryption,
            .parameterOutOfRange where !self.encrypts:  // C9h means 84h on Inventec 5441.
            guard channel.suite.isEncrypted, !self.encrypts, !self.hasFlippedEncryption else {
                return self.failure(.encryptionRequired, text)
            }
            return self.flipEncryption(over: &channel, &context, now)
        case .insufficientPrivilege:
            return self.failure(.solNotPermitted, "\(text), at level \(self.privilege)")
        case .invalidCommand: return self.failure(.solUnsupported, text)
        default: return self.failure(.solRefused, text)
        }
    }

    private mutating func flipEncryption(
        over channel: inout SessionChannel,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        self.hasFlippedEncryption = true
        self.encrypts.toggle()
        return self.activate(over: &channel, &context, now)
    }

    /// The payload is ours. Without a response (its answer was lost, or is too short) small packets are safe.
    func active(
        _ response: ActivatePayload.Response?,
        over channel: borrowing SessionChannel,
        _ context: inout SessionContext
    ) -> Outcome {
        let claimed = response.map { Int($0.inboundPayloadSize) }
        let used = Self.payloadSize(claimed, ignoresClaim: context.works(around: .solpayloadsize))
        if let claimed, claimed != used { context.warn(.payloadSize(claimed: claimed, used: used)) }
        if let response { Self.checkPort(response.port, &context) }
        if channel.suite.isEncrypted, !self.encrypts { context.warn(.unencrypted) }
        return .active(
            SOLEstablished(
                cipherSuite: channel.suite.id,
                privilege: self.privilege,
                bmcSessionID: channel.bmcSessionID,
                encrypted: self.encrypts,
                payloadSizeToBMC: used,
                payloadSizeFromBMC: Self.payloadSize(
                    response.map { Int($0.outboundPayloadSize) },
                    ignoresClaim: false
                ),
                takenOverFrom: self.takenOverFrom
            )
        )
    }

    private static let saneSizes = 5...259
    /// 32 characters: every BMC takes them.
    private static let cautiousSize = 36

    static func payloadSize(_ claimed: Int?, ignoresClaim: Bool) -> Int {
        guard let claimed, !ignoresClaim else { return Self.cautiousSize }
        if Self.saneSizes.contains(claimed) { return claimed }
        let swapped = Int(UInt16(truncatingIfNeeded: claimed).byteSwapped)
        return Self.saneSizes.contains(swapped) ? swapped : Self.cautiousSize
    }

    /// We stay where we are; boards name ports that do not work, or swap the bytes.
    private static func checkPort(_ port: UInt16, _ context: inout SessionContext) {
        guard let ours = context.parameters.port, port != ours, port != ours.byteSwapped, port != 0,
            !context.works(around: .solport)
        else { return }
        context.warn(.payloadPort(Int(port)))
    }
}

// SPDX-License-Identifier: Apache-2.0

import IPMI

extension LoginMachine {
    static func probeRequest(
        wantsIPMI20Data: Bool,
        _ privilege: PrivilegeLevel,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> SetupRequest {
        let sequence = Self.newTag(context) & 0x3f
        return SetupRequest(
            CapabilitiesProbe.datagram(
                privilege: privilege,
                wantsIPMI20Data: wantsIPMI20Data,
                sequence: sequence
            ),
            tag: sequence,
            retries: context.timing.setupRetries,
            &context,
            now: now
        )
    }

    /// A random tag other than 0.
    static func newTag(_ context: borrowing SessionContext) -> UInt8 {
        let byte = context.random.bytes(1).first ?? 1
        return byte == 0 ? 1 : byte
    }

    mutating func receiveIPMI15(
        _ datagram: [UInt8],
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        guard case .probe(let wantsIPMI20Data) = self.step else { return .goesOn }
        guard let response = CapabilitiesProbe.answer(in: datagram) else {
            self.heardNonsense = true
            context.counters.bad += 1
            return .goesOn
        }
        guard response.sequence == self.request.tag else { return .goesOn }
        context.counters.packetsFromBMC += 1
        guard response.completion == .success else {
            return self.probeRefused(response.completion, wantsIPMI20Data, &context, now)
        }
        // A BMC of the 1.5 era that answered without the 2.0 bit has no 2.0 session to offer.
        guard wantsIPMI20Data else {
            return self.failure(.notIPMI20, "the BMC knows no IPMI 2.0 capabilities")
        }
        if let capabilities = try? response.decode(GetChannelAuthenticationCapabilities.self) {
            self.note(capabilities, &context)
        }
        return self.open(&context, now)
    }

    private mutating func probeRefused(
        _ completion: CompletionCode,
        _ wantsIPMI20Data: Bool,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        guard completion == .invalidField, wantsIPMI20Data else {
            // It answers; what it thinks of the question does not matter to Open Session.
            return self.open(&context, now)
        }
        self.step = .probe(wantsIPMI20Data: false)
        self.request = Self.probeRequest(wantsIPMI20Data: false, self.privilege, &context, now)
        return .goesOn
    }

    /// The bits are wrong on many boards (`authcap`): said once, believed never.
    private mutating func note(
        _ capabilities: GetChannelAuthenticationCapabilities.Response,
        _ context: inout SessionContext
    ) {
        let parameters = context.parameters
        if !capabilities.supportsIPMI20 {
            self.deniesIPMI20 = true
            context.warn(.capabilitiesDenyIPMI20)
        }
        let hasKey = capabilities.status.contains(.bmcKeySet)
        let isKeyConfigured = parameters.bmcKey.map { !$0.isUnset } ?? false
        if hasKey != isKeyConfigured { context.warn(.bmcKeyMismatch(bmcHasKey: hasKey)) }
        let fits =
            parameters.user.isEmpty
            ? capabilities.status.contains(.nullUserNames) || capabilities.status.contains(.anonymousLogin)
            : capabilities.status.contains(.nonNullUserNames)
        if !fits { context.warn(.userNameKind) }
    }
}

// SPDX-License-Identifier: Apache-2.0

import IPMI

extension LoginMachine {
    /// Asked only when every suite was refused, to tell the operator what to configure. Some BMCs do not
    /// answer it outside a session (ipmi_sim): then the refusal stands as it is.
    mutating func askForSuites(
        _ list: CipherSuiteList,
        _ index: UInt8,
        _ refusal: SessionError,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) {
        let sequence = Self.newTag(context) & 0x3f
        let request = IPMIRequest(GetChannelCipherSuites.self, .init(index: index), sequence: sequence)
        self.step = .suiteList(list, index: index, refusal: refusal)
        self.request = SetupRequest(
            RMCPPlusPacket(.ipmiMessage, request.encoded()).encoded(),
            tag: sequence,
            retries: Array(context.timing.setupRetries.prefix(1)),
            &context,
            now: now
        )
    }

    mutating func receiveSuites(
        _ payload: ArraySlice<UInt8>,
        _ list: CipherSuiteList,
        _ index: UInt8,
        _ refusal: SessionError,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        guard case .response(let response)? = try? IPMIMessage(decoding: payload),
            response.command == GetChannelCipherSuites.id, response.sequence == self.request.tag
        else { return .goesOn }
        guard response.completion == .success, let page = try? response.decode(GetChannelCipherSuites.self)
        else {
            return .failed(refusal)
        }
        var list = list
        if list.append(page) {
            self.askForSuites(list, index + 1, refusal, &context, now)
            return .goesOn
        }
        var error = refusal
        let offered = list.records.map { String($0.id) }.joined(separator: ", ")
        error.detail += offered.isEmpty ? "; the BMC lists no suites" : "; the BMC lists \(offered)"
        return .failed(error)
    }
}

// SPDX-License-Identifier: Apache-2.0

import IPMI

/// Get Channel Authentication Capabilities outside a session, in the format every BMC understands: the first
/// question, and the one a BMC that forgot our session still answers.
enum CapabilitiesProbe {
    static func datagram(
        privilege: PrivilegeLevel,
        wantsIPMI20Data: Bool = true,
        sequence: UInt8
    ) -> [UInt8] {
        let request = IPMIRequest(
            GetChannelAuthenticationCapabilities.self,
            .init(wantsIPMI20Data: wantsIPMI20Data, privilege: privilege),
            sequence: sequence
        )
        return IPMI15Packet(request.encoded()).encoded()
    }

    /// The answer in a datagram, or nil if there is none.
    static func answer(in datagram: [UInt8]) -> IPMIResponse? {
        guard let packet = try? IPMI15Packet(decoding: datagram), packet.sessionID == 0,
            case .response(let response)? = try? IPMIMessage(decoding: packet.message),
            response.command == GetChannelAuthenticationCapabilities.id
        else { return nil }
        return response
    }
}

// SPDX-License-Identifier: Apache-2.0

import IPMI

/// The keepalive: Get Payload Instance Info, which also tells who owns the payload; Get Device ID where the
/// BMC does not know that. Asked as often as `Liveness` says; an answer to any asking counts.
struct OwnerQuestion: Sendable {
    /// What an answer says about our payload.
    enum Answer: Equatable {
        case ours
        case nobody
        case somebodyElse(UInt32)
        /// The BMC lives, and that is all we learn.
        case unknown
    }

    private var asksDeviceID: Bool
    /// Bit n: rqSeq n was used since the last answer.
    private var sequences: UInt64 = 0
    /// The BMC named us once in this session, so what it says can be believed. Asked right after the
    /// activation.
    private var isCredible = false

    init(asksDeviceID: Bool) {
        self.asksDeviceID = asksDeviceID
    }

    /// The BMC can tell who owns the payload.
    var tellsOwner: Bool { !self.asksDeviceID && self.isCredible }

    mutating func ask(over channel: inout SessionChannel, _ context: inout SessionContext) {
        let sequence = channel.nextRequestSequence()
        self.sequences |= 1 << UInt64(sequence)
        let request =
            self.asksDeviceID
            ? IPMIRequest(GetDeviceID.self, NoData(), sequence: sequence)
            : IPMIRequest(GetPayloadInstanceInfo.self, .sol, sequence: sequence)
        channel.send(.ipmiMessage, request.encoded(), &context)
    }

    /// What a response says; nil when it is not an answer to a question of ours.
    mutating func answer(
        in response: IPMIResponse,
        bmcSessionID: UInt32,
        consoleSessionID: UInt32
    ) -> Answer? {
        let isOwner = response.command == GetPayloadInstanceInfo.id
        guard isOwner || response.command == GetDeviceID.id,
            self.sequences & (1 << UInt64(response.sequence)) != 0,
            response.completion != .duplicatedRequest
        else { return nil }
        self.sequences = 0
        guard isOwner else { return .unknown }
        switch response.completion {
        case .success: break
        case .invalidCommand, .invalidField, .insufficientPrivilege:
            self.asksDeviceID = true
            return .unknown
        default: return .unknown
        }
        guard let owner = try? response.decode(GetPayloadInstanceInfo.self).sessionID else { return .unknown }
        // Boards that name the console's ID, or swap the bytes, mean us as well.
        if owner == bmcSessionID || owner == bmcSessionID.byteSwapped || owner == consoleSessionID {
            self.isCredible = true
            return .ours
        }
        guard self.isCredible else { return .unknown }
        return owner == 0 ? .nobody : .somebodyElse(owner)
    }
}

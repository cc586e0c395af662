// SPDX-License-Identifier: Apache-2.0

import IPMI

extension ActivationMachine {
    mutating func privilegeAnswered(
        _ response: IPMIResponse,
        _ wanted: PrivilegeLevel,
        over channel: inout SessionChannel,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        switch response.completion {
        case .success:
            if let granted = try? response.decode(SetSessionPrivilegeLevel.self).privilege,
                granted != .unspecified
            {
                self.privilege = granted
            } else {
                self.privilege = wanted
            }
            return self.askOwner(isRefused: false, over: &channel, &context, now)
        case .invalidCommand:
            // Intel 82571 pass-through knows no levels.
            self.privilege = wanted
            return self.askOwner(isRefused: false, over: &channel, &context, now)
        default:
            return self.privilegeRefused(response, wanted, over: &channel, &context, now)
        }
    }

    private mutating func privilegeRefused(
        _ response: IPMIResponse,
        _ wanted: PrivilegeLevel,
        over channel: inout SessionChannel,
        _ context: inout SessionContext,
        _ now: MonotonicInstant
    ) -> Outcome {
        let detail = "\(wanted): \(response.completion.text(for: response.command))"
        guard wanted > context.parameters.lowestPrivilege, wanted > .user else {
            return self.failure(.privilegeRefused, detail)
        }
        let lower = PrivilegeLevel(rawValue: wanted.rawValue - 1)
        context.warn(.privilegeLowered(lower))
        self.step = .privilege(lower)
        self.command = PendingCommand(
            SetSessionPrivilegeLevel.self,
            .init(privilege: lower),
            retries: context.timing.commandRetries,
            over: &channel,
            &context,
            now: now
        )
        return .goesOn
    }
}

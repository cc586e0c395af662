// SPDX-License-Identifier: Apache-2.0

import ControlProtocol
import Foundation
import Testing

@Suite("A log as it is printed")
struct LogPresenterTests {
    static let log = """
        2026-11-22T08:05:18.001Z * connected bmc=10.1.2.3 cipher=17
        2026-11-22T08:05:19.123Z | Linux version 6.1
        2026-11-22T08:05:20.456Z | n001 login: \

        2026-11-22T08:05:25.456Z + root
        2026-11-22T08:05:26.000Z < secret
        2026-11-22T08:05:26.456Z |\u{20}
        2026-11-22T08:05:27.456Z ! panic rule=linux-panic

        """

    @Test(
        "has the stored, the raw and the JSON form, however it is read",
        arguments: [
            (.asStored, log), (.raw, "Linux version 6.1\nn001 login: root\n\n"),
            (
                .json,
                """
                {"time":"2026-11-22T08:05:18.001Z","kind":"event","text":"connected bmc=10.1.2.3 cipher=17"}
                {"time":"2026-11-22T08:05:19.123Z","kind":"output","text":"Linux version 6.1"}
                {"time":"2026-11-22T08:05:20.456Z","kind":"output","text":"n001 login: "}
                {"time":"2026-11-22T08:05:25.456Z","kind":"continuation","text":"root"}
                {"time":"2026-11-22T08:05:26.000Z","kind":"input","text":"secret"}
                {"time":"2026-11-22T08:05:26.456Z","kind":"output","text":""}
                {"time":"2026-11-22T08:05:27.456Z","kind":"alert","text":"panic rule=linux-panic"}

                """
            ),
        ] as [(LogPresenter.Form, String)]
    )
    func forms(_ form: LogPresenter.Form, expected: String) {
        let bytes = Array(Self.log.utf8)
        for cut in 0...bytes.count {
            var presenter = LogPresenter(form)
            let output =
                presenter.present(Array(bytes[..<cut])) + presenter.present(Array(bytes[cut...]))
                + presenter.finish()
            #expect(String(decoding: output, as: UTF8.self) == expected, "cut at \(cut)")
        }
    }

    @Test("survives lines that are none")
    func foreignLines() {
        for form in [LogPresenter.Form.raw, .json] {
            var presenter = LogPresenter(form)
            let long = [UInt8](repeating: 0x41, count: 200_000)
            let output = presenter.present(Array("\n\nshort\n".utf8) + long + [0x0A]) + presenter.finish()
            #expect(output.count < 70_000)
        }
    }
}

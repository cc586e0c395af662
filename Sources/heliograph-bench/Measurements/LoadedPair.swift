// SPDX-License-Identifier: Apache-2.0

/// heliographd under some load, and right after it ConMan under the same.
struct LoadedPair {
    var ours: LoadedRun
    var theirs: LoadedRun?

    static func runs(
        _ bench: Workbench,
        count: Int,
        rate: String,
        settle: Duration,
        window: Duration
    ) throws -> [LoadedPair] {
        try (1...bench.rounds).map { round in
            func run(_ kind: ServerKind) throws -> LoadedRun {
                let run = try LoadedRun(
                    kind,
                    bench,
                    count: count,
                    rate: rate,
                    settle: settle,
                    window: window
                )
                if round == 1 { for line in run.commandLines { bench.line("command", line) } }
                bench.line("\(kind.name)", run.text)
                bench.line("", run.verdict.text)
                return run
            }
            let ours = try run(.heliograph(bench))
            return LoadedPair(ours: ours, theirs: try ServerKind.conman(bench).map(run))
        }
    }
}

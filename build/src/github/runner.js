import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as core from '@actions/core';
import { sayProblem } from "../particle.js";
import { logLine } from "../render/escape.js";
/** GitHub shows so many annotations of a step; the rest stands in the log. */
const annotationsShown = 10;
/** The runner that GitHub Actions is. */
export function actionsRunner(env) {
    const folder = join(env.RUNNER_TEMP || tmpdir(), 'ecs-particles');
    return {
        log: groupedLog(),
        info: text => core.info(text),
        warn: text => core.warning(logLine(text)),
        fail(problems) {
            for (const [index, problem] of problems.entries()) {
                const { place, message } = problem;
                const text = logLine(message);
                if (!place)
                    core.error(text);
                else if (index < annotationsShown) {
                    // Annotations leave the place to GitHub's own words; the log has it in ours.
                    core.error(logLine(sayProblem(problem)), {
                        file: place.file,
                        startLine: place.line,
                        startColumn: place.column,
                    });
                }
                else
                    core.info(`Error: ${logLine(sayProblem(problem))}`);
            }
            process.exitCode = core.ExitCode.Failure;
        },
        output: (name, value) => core.setOutput(name, value),
        async summary(markdown) {
            if (!env.GITHUB_STEP_SUMMARY)
                return;
            await core.summary.addRaw(markdown, true).write();
        },
        file(name, text) {
            mkdirSync(folder, { recursive: true });
            const path = join(folder, name);
            // Whoever reads it while it is written, or after a crash, finds the last whole one.
            writeFileSync(`${path}.new`, text);
            renameSync(`${path}.new`, path);
            return path;
        },
    };
}
/**
 * A group for each particle. Steps run side by side and the log is one: when another particle speaks, its group is
 * opened again.
 */
function groupedLog() {
    let open;
    const seen = new Set();
    const close = () => {
        if (open)
            core.endGroup();
        open = undefined;
    };
    return {
        say(particle, sentence) {
            if (open !== particle) {
                close();
                core.startGroup(logLine(seen.has(particle) ? `${particle} (continued)` : particle));
                seen.add(particle);
                open = particle;
            }
            core.info(logLine(`${particle} ${sentence}`));
        },
        close(particle) {
            if (open === particle)
                close();
        },
    };
}

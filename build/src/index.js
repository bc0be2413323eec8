import { setFailed } from '@actions/core';
import { wallClock } from "./clock.js";
import { actionsRunner } from "./github/runner.js";
import { main } from "./main.js";
import { logLine } from "./render/escape.js";
const cancel = new AbortController();
// The runner asks twice before it kills; what is under way in ECS goes on there.
for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => cancel.abort(new Error(signal)));
try {
    await main({ env: process.env, runner: actionsRunner(process.env), clock: wallClock, signal: cancel.signal });
}
catch (error) {
    setFailed(logLine(error instanceof Error ? error.message : String(error)));
}
// Connections that are kept alive would keep the step alive too.
process.exit();

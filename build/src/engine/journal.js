/**
 * What has been done, written down when a step begins and when it ends, so that a crash loses nothing: what is left
 * of a run that died says `running`. The report is made from it and from nothing else.
 */
export class Journal {
    #environment;
    #clock;
    #write;
    #hide;
    #startedAt;
    #steps = new Map();
    #result = 'running';
    #finishedAt;
    #error;
    /** `write` must have stored the report when it returns; `hide` takes hidden values out of what ECS says. */
    constructor(environment, clock, write, hide = text => text) {
        this.#environment = environment;
        this.#clock = clock;
        this.#write = write;
        this.#hide = hide;
        this.#startedAt = this.#time();
        this.#write(this.report());
    }
    begin(particle, transition) {
        this.#note({ particle, transition, result: 'running', startedAt: this.#time(), calls: 0 });
    }
    end(particle, end) {
        const step = this.#steps.get(particle);
        if (!step)
            return;
        this.#note({ ...step, ...end, finishedAt: this.#time() });
    }
    /** A step that never began: something it needs failed, or the run was cancelled. */
    pass(particle, transition, result, error) {
        this.#note({ particle, transition, result, calls: 0, error });
    }
    finish(result, error) {
        this.#result = result;
        this.#error = error && this.#hidden(error);
        this.#finishedAt = this.#time();
        const report = this.report();
        this.#write(report);
        return report;
    }
    report() {
        return {
            version: 1,
            environment: this.#environment,
            result: this.#result,
            startedAt: this.#startedAt,
            ...(this.#finishedAt && { finishedAt: this.#finishedAt }),
            steps: [...this.#steps.values()],
            ...(this.#error && { error: this.#error }),
        };
    }
    #note(step) {
        this.#steps.set(step.particle, {
            ...step,
            ...(step.because && { because: this.#hide(step.because) }),
            ...(step.error && { error: this.#hidden(step.error) }),
        });
        this.#write(this.report());
    }
    #hidden({ code, message, details }) {
        return { code, message: this.#hide(message), details: details.map(this.#hide) };
    }
    #time() {
        return new Date(this.#clock.now()).toISOString();
    }
}

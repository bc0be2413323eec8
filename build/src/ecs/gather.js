/** How long a request is held so that others can join its batch, in milliseconds. */
const hold = 4;
/**
 * Look at one, batch underneath: holds requests for a moment and sends them in as few calls as ECS allows.
 * A key that is asked for twice at once is sent once.
 */
export class Gather {
    #send;
    #size;
    #batch;
    /** `send` asks for at most `size` keys in one call; a key without an answer is absent. */
    constructor(size, send) {
        this.#size = size;
        this.#send = send;
    }
    /** `tally` counts the call if this is the request that begins the batch. */
    ask(key, tally) {
        const batch = this.#batch ?? this.#open(tally);
        const asked = batch.get(key) ?? deferred();
        batch.set(key, asked);
        return asked.promise;
    }
    #open(tally) {
        const batch = new Map();
        this.#batch = batch;
        setTimeout(() => {
            this.#batch = undefined;
            const asked = [...batch];
            for (let from = 0; from < asked.length; from += this.#size)
                void this.#flush(asked.slice(from, from + this.#size), tally);
        }, hold);
        return batch;
    }
    async #flush(asked, tally) {
        try {
            const answers = await this.#send(asked.map(([key]) => key), tally);
            for (const [key, { resolve }] of asked)
                resolve(answers.get(key));
        }
        catch (error) {
            for (const [, { reject }] of asked)
                reject(error);
        }
    }
}
/** `Promise.withResolvers`, which Node 20 lacks. */
function deferred() {
    let resolve = () => { };
    let reject = () => { };
    const promise = new Promise((yes, no) => {
        resolve = yes;
        reject = no;
    });
    return { promise, resolve, reject };
}

/**
 * ECS's token buckets, per account and region and shared by the calls of a group: burst, and tokens a second.
 * Source: Amazon ECS API Reference, "Request throttling for the Amazon ECS API".
 */
const buckets = {
    'cluster modify': { burst: 20, perSecond: 1 },
    'cluster read': { burst: 50, perSecond: 20 },
    'task definition modify': { burst: 20, perSecond: 1 },
    'task definition read': { burst: 50, perSecond: 20 },
    'cluster resource modify': { burst: 100, perSecond: 40 },
    'cluster resource read': { burst: 100, perSecond: 20 },
    'service modify': { burst: 50, perSecond: 5 },
    'service read': { burst: 100, perSecond: 20 },
    'service deployment read': { burst: 50, perSecond: 20 },
    'tag modify': { burst: 20, perSecond: 10 },
};
/** The share of each bucket that we draw: other tools in the account keep the rest. */
const share = 0.8;
/** Gives out turns: never more at once than allowed, never faster than ECS refills a bucket. */
export class Pace {
    #clock;
    #most;
    #levels = new Map();
    #waiting = [];
    #underWay = 0;
    constructor(clock, most) {
        this.#clock = clock;
        this.#most = most;
    }
    /** Runs `work` when its turn has come. */
    async turn(bucket, work, signal) {
        const wait = this.#draw(bucket);
        if (wait > 0)
            await this.#clock.sleep(wait, signal);
        if (this.#underWay >= this.#most)
            await new Promise(resolve => this.#waiting.push(resolve));
        else
            this.#underWay++;
        try {
            return await work();
        }
        finally {
            // The place goes straight to whoever waits longest, so nobody else can take it in between.
            const next = this.#waiting.shift();
            if (next)
                next();
            else
                this.#underWay--;
        }
    }
    /** Takes a token, on credit if need be, and says how many milliseconds to wait for it. */
    #draw(bucket) {
        const { burst, perSecond } = buckets[bucket];
        const rate = (perSecond * share) / 1000;
        const now = this.#clock.now();
        const level = this.#levels.get(bucket) ?? { tokens: burst * share, at: now };
        const tokens = Math.min(burst * share, level.tokens + (now - level.at) * rate) - 1;
        this.#levels.set(bucket, { tokens, at: now });
        return tokens >= 0 ? 0 : Math.ceil(-tokens / rate);
    }
}

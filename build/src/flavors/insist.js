import { EcsError, isEcs } from "../ecs/errors.js";
/** Makes a call again while ECS says that it is only a matter of time, slowing down from half a second to ten. */
export async function insist(call, rows, act) {
    const since = act.clock.now();
    for (let pause = 500;; pause = Math.min(pause * 1.5, 10_000)) {
        try {
            return await call();
        }
        catch (error) {
            const notYet = [rows].flat().find(({ when }) => isEcs(error, ...when));
            if (!notYet || !(error instanceof EcsError) || act.clock.now() - since >= notYet.atMost)
                throw error;
            act.say(`${notYet.because}: ${error.said}`);
            await act.pause(pause);
        }
    }
}

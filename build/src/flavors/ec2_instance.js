import { vocabulary } from "./vocabulary.js";
const never = () => Promise.reject(new Error('an ec2_instance is a reference: it is never changed'));
export const ec2Instance = {
    ...vocabulary.ec2_instance,
    referenceOnly: true,
    read: () => ({ state: 'running' }),
    compare: () => ({ changes: [] }),
    describe: () => ({ changes: [] }),
    goodbye: () => [],
    reference: particle => particle.definition.InstanceId,
    current: particle => ({ ...particle.definition }),
    resume: () => undefined,
    settled: () => ({ is: 'settled', because: 'a reference' }),
    look: () => Promise.resolve(undefined),
    start: never,
    update: never,
    terminate: never,
};

/** The answer of a person to a rollout that rests. */
export type Answer = 'continue' | 'rollback'

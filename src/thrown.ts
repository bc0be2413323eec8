/** The words of whatever was thrown. JavaScript lets anything be thrown, not errors alone. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))

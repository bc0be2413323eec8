/** The accounts that workflows act on. */
export const accountA = '123456789012'
export const accountB = '210987654321'

/** In place of the global of this name, whose first use loads the whole of Web Crypto: packages want a random UUID of it. */
export * as crypto from 'node:crypto'

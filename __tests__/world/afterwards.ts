/** What is opened for a test, or for all tests of a file, is closed after it, the last first. */
import { afterAll, afterEach } from '@jest/globals'

type Close = () => unknown

const ofTest: Close[] = []
const ofFile: Close[] = []

export const afterTest = (close: Close): unknown => ofTest.push(close)
export const afterFile = (close: Close): unknown => ofFile.push(close)

async function closeAll(open: Close[]): Promise<void> {
  for (const close of open.splice(0).reverse()) await close()
}

afterEach(() => closeAll(ofTest))
afterAll(() => closeAll(ofFile))
